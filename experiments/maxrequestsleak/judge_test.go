package maxrequestsleak

import (
	"testing"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/results"
)

// world is a server that leaks up to a share of the bound with the limit, and so many times the bound
// without.
func world(capped, free float64) experimenttest.World {
	return func(t experiments.Trial, r *results.Record) {
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
		{Name: "near the bound", World: world(1.25, 6), Noise: 0.02, Want: results.Inconclusive},
		{Name: "too noisy to tell", World: world(0.95, 6), Noise: 0.5, Want: results.Inconclusive},
	})
}

// A run without its block's run without a leak has nothing to be compared with.
func TestLeakedIsPaired(t *testing.T) {
	table := experimenttest.Table(t, Experiment, experiments.Quick, world(0.95, 6), 0.005)
	for i := range table {
		if table[i].Cell["do"] == tight && table[i].Repetition == 0 {
			table[i].Invalid = []string{"host: noisy"}
		}
	}
	for _, s := range leaked(own(table)) {
		if s.Block == 0 {
			t.Errorf("%+v: its block has no run without a leak", s)
		}
	}
}
