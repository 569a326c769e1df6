package gilcpu

import (
	"testing"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// speedups is a world in which four threads with the lock, four without, and two processes are so
// many times as fast as one, on so many cores.
func speedups(locked, free, forked, cores float64) experimenttest.World {
	return func(t trial.Trial, r *results.Record) {
		x := 175.0
		switch {
		case t.Server.Workers == 2:
			x *= forked
		case t.Server.Threads == 4 && t.Server.GIL:
			x *= locked
		case t.Server.Threads == 4:
			x *= free
		}
		r.Set("throughput", x, "requests/s")
		r.Set("lock_acquisitions_per_request", 6, "")
		r.Set("server_cores", cores, "")
	}
}

func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "as CPython", World: speedups(0.84, 1.86, 2, 3), Want: results.Supported},
		{Name: "a lock that locks nothing", World: speedups(1.9, 1.9, 2, 3), Want: results.Refuted},
		{Name: "threads that do not run at once", World: speedups(0.9, 1.0, 2, 3), Want: results.Refuted},
		{Name: "near the threshold", World: speedups(1.1, 1.9, 2, 3), Want: results.Inconclusive},
		{Name: "one core tells nothing", World: speedups(1, 1, 1, 1), Want: results.Inconclusive},
		{Name: "too noisy to tell", World: speedups(0.84, 1.86, 2, 3), Noise: 0.5, Want: results.Inconclusive},
	})
}
