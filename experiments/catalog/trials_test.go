package catalog

import (
	"testing"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/origins"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// Every trial of every claim can be carried out as it stands, in every profile; and what runs at the
// same time does so on the same cores.
func TestTrialsCanBeCarriedOut(t *testing.T) {
	for _, p := range trial.Profiles() {
		groups := make(map[string]trial.Trial)
		for _, step := range experiments.NewPlan(Experiments(), p, 1) {
			trial := step.Trial
			if err := trial.Check(); err != nil {
				t.Errorf("%v, %s profile: %v", step.Users, p, err)
			}
			first, known := groups[trial.Group]
			if !known {
				groups[trial.Group] = trial
				continue
			}
			if trial.Together != first.Together || trial.Together && trial.Place != first.Place {
				t.Errorf("%v, %s profile: %s does not go with the others of group %s", step.Users, p, trial, trial.Group)
			}
		}
	}
}

// Every trial of every claim is simulated, or left out for a reason; a twin is, since it would say the same.
func TestTrialsAreSimulatedOrLeftOutForAReason(t *testing.T) {
	made := make(map[string]bool)
	m := origins.Maker{
		Plan: experiments.NewPlan(Experiments(), trial.Smoke, 1), Seed: 1, Run: "run", Usable: 2,
		Record: func(r results.Record) error {
			if r.Completed == 0 || r.Origin != results.Simulated {
				t.Errorf("%s: %d of %d requests answered, origin %s", r.Trial, r.Completed, r.Planned, r.Origin)
			}
			made[r.Trial] = true
			return r.Check()
		},
	}
	if err := m.Simulate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, step := range m.Plan {
		if held := origins.Unsimulated(step.Trial).Empty() && !step.Trial.Twin; held != made[step.Key] {
			t.Errorf("%v: held: %t, simulated: %t", step.Trial, held, made[step.Key])
		}
	}
	if len(made) < 10 {
		t.Errorf("%d trials are simulated", len(made))
	}
}
