package threadsio

import (
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results"
)

func pool(throughput func(threads int) float64) experimenttest.World {
	return func(t trial.Trial, r *results.Record) {
		r.Set("throughput", throughput(t.Server.Threads), "requests/s")
		r.Set("cpu_per_request", 0.0013, "seconds")
		r.Set("lock_acquisitions_per_request", 6, "")
	}
}

func TestJudge(t *testing.T) {
	exact := queueing.Closed{CPU: 1300 * time.Microsecond, Wait: 20 * time.Millisecond, Cores: 1}.Throughput
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "as the theory says", World: pool(exact), Want: results.Supported},
		{Name: "the lock is held while waiting", World: pool(func(int) float64 { return 47 }), Want: results.Refuted},
		{Name: "idle with 32 threads", World: pool(func(n int) float64 { return min(exact(n), 520) }), Want: results.Refuted},
		{Name: "near the threshold", World: pool(func(n int) float64 { return min(exact(1)*10, exact(n)) }), Want: results.Refuted},
		{Name: "too noisy to tell", World: pool(exact), Noise: 0.6, Want: results.Inconclusive},
	})
}
