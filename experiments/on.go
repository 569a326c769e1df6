package experiments

import (
	"fmt"
	"slices"
	"strings"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// A Subject is what experiments are put to, so far as it matters which of them can be.
type Subject interface {
	// Name is what it is called in records and on the command line.
	Name() string
	// Supports says what of the trial it cannot do, and nothing where it can do all of it.
	Supports(trial.Trial) error
}

// A Skip is an experiment that cannot be put to a software, and why.
type Skip struct {
	ID, System string
	Why        error
}

// On puts the experiments to each of the softwares. A trial that a software cannot run is left out if the
// judge can spare it; else the experiment is skipped on that software. A claim that compares softwares is
// there once, with the trials of those given.
func On[S Subject](chosen []Experiment, softwares ...S) (all []Experiment, skipped []Skip) {
	for _, e := range chosen {
		if e.Across {
			all = append(all, among(e, softwares))
			continue
		}
		for _, software := range softwares {
			put, err := e.on(software)
			if err != nil {
				skipped = append(skipped, Skip{e.ID, software.Name(), err})
				continue
			}
			all = append(all, put)
		}
	}
	return all, skipped
}

// on is the experiment with its trials on a software.
func (e Experiment) on(software Subject) (Experiment, error) {
	if software.Name() == results.Ours {
		return e, nil
	}
	for _, t := range e.Trials(trial.Full) {
		if err := software.Supports(t); err != nil && (e.Spare == nil || !e.Spare(t)) {
			return e, err
		}
	}
	trials := e.Trials
	e.System = software.Name()
	e.Trials = func(p trial.Profile) (able []trial.Trial) {
		for _, t := range trials(p) {
			if t.System = e.System; software.Supports(t) == nil {
				able = append(able, apart(t))
			}
		}
		return able
	}
	return e, nil
}

// Lacks reports whether the records are those of a software that was not asked for such cells, since it
// cannot run them (Experiment.Spare). Of our own server all are asked for.
func Lacks(own results.Table, cell results.Cell) bool {
	return len(own) > 0 && own[0].System != results.Ours && len(own.Match(cell)) == 0
}

// apart keeps the trial from running at the same time as those of other software: dozens of interpreters
// that start at once would make each other late.
func apart(t trial.Trial) trial.Trial {
	if t.Together {
		t.Group += "@" + t.System
	}
	return t
}

// among is the experiment with those of its trials whose software is given.
func among[S Subject](e Experiment, softwares []S) Experiment {
	trials := e.Trials
	e.Trials = func(p trial.Profile) []trial.Trial {
		return slices.DeleteFunc(trials(p), func(t trial.Trial) bool {
			return !slices.ContainsFunc(softwares, func(s S) bool { return s.Name() == t.Software() })
		})
	}
	return e
}

// String says what was skipped.
func (s Skip) String() string {
	return fmt.Sprintf("%s is not put to %s, which lacks: %s", s.ID, s.System, strings.ReplaceAll(s.Why.Error(), "\n", "; "))
}
