package experiments

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Skip is an experiment that cannot be put to a software, and why.
type Skip struct {
	ID, System string
	Why        error
}

// On puts the experiments to each of the softwares. A trial that a software cannot carry out is left out,
// which the judges know how to do without; where it can carry out none, or the claim is about ours alone,
// the experiment is skipped. A claim that compares softwares is there once, with the trials of those given.
func On(chosen []Experiment, softwares ...Software) (all []Experiment, skipped []Skip) {
	for _, software := range softwares {
		for _, e := range chosen {
			if e.Across {
				continue
			}
			put, err := e.on(software)
			if err != nil {
				skipped = append(skipped, Skip{e.ID, software.Name(), err})
				continue
			}
			all = append(all, put)
		}
	}
	for _, e := range chosen {
		if e.Across {
			all = append(all, e.among(softwares))
		}
	}
	return all, skipped
}

// on is the experiment with its trials on a software.
func (e Experiment) on(software Software) (Experiment, error) {
	if software.Name() == Ours {
		return e, nil
	}
	if e.Only != "" {
		return e, errors.New(e.Only)
	}
	trials := e.Trials
	e.System = software.Name()
	e.Trials = func(p Profile) (able []Trial) {
		for _, t := range trials(p) {
			if t.System = e.System; software.Supports(t) == nil {
				able = append(able, t.apart())
			}
		}
		return able
	}
	if all := trials(Full); len(e.Trials(Full)) == 0 && len(all) > 0 {
		return e, fmt.Errorf("%s cannot run its trials: %w", e.System, software.Supports(all[0]))
	}
	return e, nil
}

// apart keeps the trial from running at the same time as those of other software: dozens of interpreters
// that start at once would make each other late.
func (t Trial) apart() Trial {
	if t.Together {
		t.Group += "@" + t.System
	}
	return t
}

// among is the experiment with those of its trials whose software is given.
func (e Experiment) among(softwares []Software) Experiment {
	trials := e.Trials
	e.Trials = func(p Profile) []Trial {
		return slices.DeleteFunc(trials(p), func(t Trial) bool {
			return !slices.ContainsFunc(softwares, func(s Software) bool { return s.Name() == t.software() })
		})
	}
	return e
}

// Error says what was skipped.
func (s Skip) String() string {
	return fmt.Sprintf("%s is not put to %s: %s", s.ID, s.System, strings.ReplaceAll(s.Why.Error(), "\n", "; "))
}
