package catalog

import (
	"cmp"
	"slices"
	"testing"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/systems"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// A claim is judged by the records of its own trials, whatever else ran. Were another claim's counted
// too, they would enter its fits, and judging it alone would give other intervals than judging all. So it
// is where the claims are put to other software as well, beside those that compare softwares.
func TestClaimsCountTheirOwnTrials(t *testing.T) {
	put := everywhere()
	for _, p := range trial.Profiles() {
		steps := make(map[string]trial.Trial)
		for _, step := range experiments.NewPlan(put, p, 1) {
			steps[step.Key] = step.Trial
		}
		for _, e := range put {
			asked := make(map[string]bool)
			for _, trial := range e.Trials(p) {
				asked[trial.Key()] = true
			}
			for key, trial := range steps {
				if !e.Across && trial.System != e.System { // of which it is shown nothing
					continue
				}
				counted := e.Verdict(record(trial)).Runs == 1
				if counted != asked[key] && !(asked[key] && onlyCharted(e.ID, trial)) {
					t.Errorf("%s, %s profile: %s is counted: %t, asked for: %t", e.Name(), p, trial, counted, asked[key])
				}
			}
		}
	}
}

// everywhere are the claims on our server and on gunicorn, which can carry out most trials, and those that
// compare softwares.
func everywhere() []experiments.Experiment {
	all := append([]rig.Software{rig.Workerlab()}, systems.All()...)
	put, _ := experiments.On(slices.DeleteFunc(Experiments(), across), all[:2]...)
	compared, _ := experiments.On(slices.DeleteFunc(Experiments(), func(e experiments.Experiment) bool { return !across(e) }), all...)
	return append(put, compared...)
}

func across(e experiments.Experiment) bool { return e.Across }

// onlyCharted reports whether a claim asks for a trial and does not judge by it: the p95 of
// rule-of-thumb's mixtures under open load is shown, and no part of the claim.
func onlyCharted(id string, t trial.Trial) bool {
	return id == "rule-of-thumb" && t.Place == trial.Pin && t.Load.Rate > 0
}

// record is a run of the trial that measured nothing.
func record(one trial.Trial) results.Table {
	system := cmp.Or(one.System, results.Ours)
	return results.Table{{
		Schema: results.Schema, Trial: one.Key(), Cell: one.Cell(), Try: 1,
		Origin: results.Measured, System: system, Duration: one.Window,
	}}
}

// What a claim that compares softwares asks of them they can do.
func TestSoftwareCanDoWhatIsCompared(t *testing.T) {
	for _, p := range trial.Profiles() {
		for _, e := range slices.DeleteFunc(Experiments(), func(e experiments.Experiment) bool { return !across(e) }) {
			for _, trial := range e.Trials(p) {
				if err := supports(trial); err != nil {
					t.Errorf("%s, %s profile: %s: %v", e.ID, p, trial, err)
				}
			}
		}
	}
}

func supports(one trial.Trial) error {
	for _, s := range systems.All() {
		if s.Name() == one.System {
			return s.Supports(one)
		}
	}
	return rig.Workerlab().Supports(one)
}
