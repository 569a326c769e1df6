package catalog

import (
	"testing"

	"github.com/workerlab/workerlab/experiments"
)

// Every trial of every claim can be carried out as it stands, in every profile; and what runs at the
// same time does so on the same cores.
func TestTrialsCanBeCarriedOut(t *testing.T) {
	for _, p := range experiments.Profiles() {
		groups := make(map[string]experiments.Trial)
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
