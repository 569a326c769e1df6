package workersconcurrency

import (
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results"
)

// law is a world of sync workers: throughput of waiting requests by workers, and how many cores'
// worth of work the computing ones get.
func law(waiting func(w int) float64, cores func(w int) float64) experimenttest.World {
	return func(t trial.Trial, r *results.Record) {
		x := waiting(t.Server.Workers)
		if t.Load.Do == trial.ComputingDo {
			x = cores(t.Server.Workers) / 0.005
		}
		r.Set("throughput", x, "requests/s")
		r.Set("cpu_per_request", 0.00125, "seconds")
	}
}

func TestJudge(t *testing.T) {
	model := queueing.Closed{CPU: 1250 * time.Microsecond, Wait: 20 * time.Millisecond, Cores: 1}
	exact := model.Throughput
	twoCores := func(w int) float64 { return min(float64(w), 2) }
	manyCores := func(w int) float64 { return float64(w) }
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "as the theory says", World: law(exact, twoCores), Want: results.Depends, Why: "More workers help up to C/D"},
		{Name: "a core that sleeps between requests computes slower", World: func(t trial.Trial, r *results.Record) {
			law(exact, twoCores)(t, r)
			if t.Server.Workers == 1 && t.Load.Do != trial.ComputingDo {
				r.Set("throughput", 1/(0.0025+0.020), "requests/s")
				r.Set("cpu_per_request", 0.0025, "seconds")
			}
		}, Want: results.Depends},
		{Name: "more cores than workers", World: law(exact, manyCores), Want: results.Supported},
		{Name: "a lock between the workers", World: law(func(w int) float64 { return min(exact(w), 150) }, twoCores), Want: results.Refuted},
		{Name: "enough, but not as the formula says", World: law(func(w int) float64 {
			if w == 4 {
				return 0.7 * exact(w)
			}
			return exact(w)
		}, twoCores), Want: results.Refuted},
		{Name: "too noisy to tell", World: law(exact, twoCores), Noise: 0.4, Want: results.Inconclusive},
	})
}
