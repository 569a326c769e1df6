package hiddenblock

import (
	"testing"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// drivers is a world in which a hidden wait leaves gevent and the threads so many requests a second.
func drivers(gevent, threads float64) experimenttest.World {
	return func(t trial.Trial, r *results.Record) {
		x := map[string]float64{"gevent": 1459, "gthread": 1440, "sync": 97}[t.Server.Class]
		switch {
		case t.Load.Do == trial.HiddenDo && t.Server.Class == "gevent":
			x = gevent
		case t.Load.Do == trial.HiddenDo:
			x = threads
		}
		r.Set("throughput", x, "requests/s")
	}
}

// gunicorn 20.1 on one core: gevent 1 459/s fell to 93/s, gthread 2×16 kept 1 415/s.
func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "as gunicorn", World: drivers(96, 1415), Want: results.Supported},
		{Name: "a loop that notices", World: drivers(1450, 1415), Want: results.Refuted, Why: "gevent is left with 10 %"},
		{Name: "worse than sync", World: drivers(48, 1415), Want: results.Refuted, Why: "gevent is left with sync's throughput"},
		{Name: "the driver holds the lock", World: drivers(96, 98), Want: results.Refuted, Why: "threads keep theirs"},
		{Name: "threads near the threshold", World: drivers(96, 722), Want: results.Inconclusive},
		{Name: "too noisy to tell", World: drivers(96, 1415), Noise: 0.4, Want: results.Inconclusive},
	})
}
