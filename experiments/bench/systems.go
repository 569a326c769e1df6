package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/systems"
	"github.com/workerlab/workerlab/results"
)

// Systems are what can be put to the test: ours first.
func Systems() []rig.Software {
	return append([]rig.Software{rig.Workerlab()}, systems.All()...)
}

// Named finds software by its names.
func Named(names []string) (chosen []rig.Software, err error) {
	all := Systems()
	for _, name := range names {
		i := slices.IndexFunc(all, func(s rig.Software) bool { return s.Name() == name })
		switch {
		case i < 0:
			return nil, mistake(fmt.Errorf("unknown system %q: want some of %s", name, strings.Join(Names(all), ",")))
		case !slices.Contains(Names(chosen), name):
			chosen = append(chosen, all[i])
		}
	}
	return chosen, nil
}

// Names are those of software.
func Names(all []rig.Software) (names []string) {
	for _, s := range all {
		names = append(names, s.Name())
	}
	return names
}

// A LineUp is what is put to the test.
type LineUp struct {
	Tested   []rig.Software // by every claim
	Compared []rig.Software // by the claims that compare softwares; none: there are no such claims
	versions map[string]string
	missing  []error // what is not installed, and how it is
}

// LineUpOf lines up the systems of those names. Where claims are put to the test that compare systems, all that
// is installed stands beside them.
func LineUpOf(ctx context.Context, names []string, compares bool) (LineUp, error) {
	named, err := Named(names)
	if err != nil {
		return LineUp{}, err
	}
	l := LineUp{versions: make(map[string]string)}
	for _, s := range named {
		if l.add(ctx, s) {
			l.Tested = append(l.Tested, s)
		}
	}
	if len(l.Tested) == 0 {
		return l, mistake(errors.Join(l.missing...))
	}
	if !compares {
		return l, nil
	}
	for _, s := range Systems() {
		if slices.Contains(Names(l.Tested), s.Name()) || l.add(ctx, s) {
			l.Compared = append(l.Compared, s)
		}
	}
	return l, nil
}

// add notes a software's version, or that it is not there.
func (l *LineUp) add(ctx context.Context, s rig.Software) (there bool) {
	version, err := s.Version(ctx)
	if err != nil {
		l.missing = append(l.missing, err)
		return false
	}
	l.versions[s.Name()] = version
	return true
}

// others are all but ours.
func (l LineUp) others() []rig.Software {
	var all []rig.Software
	for _, s := range slices.Concat(l.Tested, l.Compared) {
		if s.Name() != results.Ours && !slices.Contains(Names(all), s.Name()) {
			all = append(all, s)
		}
	}
	return all
}

// Put puts the claims to the systems.
func (l LineUp) Put(chosen []experiments.Experiment) (all []experiments.Experiment, skipped []string) {
	var alone, across []experiments.Experiment
	for _, e := range chosen {
		if e.Across {
			across = append(across, e)
		} else {
			alone = append(alone, e)
		}
	}
	all, skips := experiments.On(alone, l.Tested...)
	for _, s := range skips {
		skipped = append(skipped, s.String())
	}
	if len(l.Compared) > 0 {
		compared, _ := experiments.On(across, l.Compared...)
		all = append(all, compared...)
	} else if len(alone) > 0 {
		for _, e := range across {
			skipped = append(skipped, fmt.Sprintf("%s compares systems: --only %s", e.ID, e.ID))
		}
	}
	for _, err := range l.missing {
		skipped = append(skipped, "skipped: "+err.Error())
	}
	return all, skipped
}
