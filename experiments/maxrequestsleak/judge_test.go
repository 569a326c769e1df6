package maxrequestsleak

import (
	"testing"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// world is a server that leaks up to a share of the bound with the limit, and so many times the bound
// without.
func world(capped, free float64) experimenttest.World {
	return func(t trial.Trial, r *results.Record) {
		peak := 24e6
		switch {
		case t.Load.Do == tight:
		case t.Server.MaxRequests > 0:
			peak += capped * workers * float64(t.Server.MaxRequests) * leak
		default:
			peak += free * bounded
		}
		r.Set("peak_pss", peak, "bytes")
		r.Set("restarts", 24, "workers")
	}
}

func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "a saw-tooth", World: world(0.95, 6), Noise: 0.005, Want: results.Supported},
		{Name: "memory outlives the process", World: world(3, 6), Noise: 0.005, Want: results.Refuted, Why: "bounds what is leaked"},
		{Name: "an app that does not leak", World: world(0.1, 0.1), Noise: 0.0001, Want: results.Refuted, Why: "without a limit it grows"},
		{Name: "near the bound", World: world(1.5, 6), Noise: 0.02, Want: results.Inconclusive},
		{Name: "too noisy to tell", World: world(0.95, 6), Noise: 0.5, Want: results.Inconclusive},
	})
}

// Where replacing a worker takes memory without a leak too, that is no leak; a run made before it was
// measured is compared with workers that were not replaced.
func TestWhatReplacingTakesIsNoLeak(t *testing.T) {
	const ends = 40e6 // what ending processes hold
	table := experimenttest.Table(t, Experiment, trial.Quick, func(t trial.Trial, r *results.Record) {
		world(0.95, 6)(t, r)
		if peak, _ := r.Value("peak_pss"); t.Server.MaxRequests > 0 {
			r.Set("peak_pss", peak+ends, "bytes")
		}
	}, 0.001)
	if v := Experiment.Verdict(table); v.Outcome != results.Supported {
		t.Errorf("%v: %s", v.Outcome, v.Why)
	}
	var older results.Table
	for _, r := range table {
		if r.Cell["do"] != tight || results.SameValue(r.Cell["max_requests"], 0) {
			older = append(older, r)
		}
	}
	if v := Experiment.Verdict(older); v.Outcome != results.Refuted {
		t.Errorf("without that control: %v: %s", v.Outcome, v.Why)
	}
}
