package main

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

// allSoftware is what can be put to the test: ours first.
func allSoftware() []rig.Software {
	return append([]rig.Software{rig.Workerlab()}, systems.All()...)
}

// namedSoftware finds software by its names.
func namedSoftware(names []string) (chosen []rig.Software, err error) {
	all := allSoftware()
	for _, name := range names {
		i := slices.IndexFunc(all, func(s rig.Software) bool { return s.Name() == name })
		switch {
		case i < 0:
			return nil, usage(fmt.Errorf("unknown system %q: want some of %s", name, strings.Join(softwareNames(all), ",")))
		case !slices.Contains(softwareNames(chosen), name):
			chosen = append(chosen, all[i])
		}
	}
	return chosen, nil
}

func softwareNames(all []rig.Software) (names []string) {
	for _, s := range all {
		names = append(names, s.Name())
	}
	return names
}

// A lineUp is what is put to the test.
type lineUp struct {
	tested   []rig.Software // by every claim
	compared []rig.Software // by the claims that compare softwares; none: there are no such claims
	versions map[string]string
	missing  []error // what is not installed, and how it is
}

// lineUpOf lines up the systems of those names. Where claims are put to the test that compare systems, all that
// is installed stands beside them.
func lineUpOf(ctx context.Context, names []string, compares bool) (lineUp, error) {
	named, err := namedSoftware(names)
	if err != nil {
		return lineUp{}, err
	}
	l := lineUp{versions: make(map[string]string)}
	for _, s := range named {
		if l.add(ctx, s) {
			l.tested = append(l.tested, s)
		}
	}
	if len(l.tested) == 0 {
		return l, usage(errors.Join(l.missing...))
	}
	if !compares {
		return l, nil
	}
	for _, s := range allSoftware() {
		if slices.Contains(softwareNames(l.tested), s.Name()) || l.add(ctx, s) {
			l.compared = append(l.compared, s)
		}
	}
	return l, nil
}

// add notes a software's version, or that it is not there.
func (l *lineUp) add(ctx context.Context, s rig.Software) (there bool) {
	version, err := s.Version(ctx)
	if err != nil {
		l.missing = append(l.missing, err)
		return false
	}
	l.versions[s.Name()] = version
	return true
}

// others are all but ours.
func (l lineUp) others() []rig.Software {
	var all []rig.Software
	for _, s := range slices.Concat(l.tested, l.compared) {
		if s.Name() != results.Ours && !slices.Contains(softwareNames(all), s.Name()) {
			all = append(all, s)
		}
	}
	return all
}

// put puts the claims to the systems.
func (l lineUp) put(chosen []experiments.Experiment) (all []experiments.Experiment, skipped []string) {
	var alone, across []experiments.Experiment
	for _, e := range chosen {
		if e.Across {
			across = append(across, e)
		} else {
			alone = append(alone, e)
		}
	}
	all, skips := experiments.On(alone, l.tested...)
	for _, s := range skips {
		skipped = append(skipped, s.String())
	}
	if len(l.compared) > 0 {
		compared, _ := experiments.On(across, l.compared...)
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
