package gilconvoy

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// convoys is a world in which k threads that compute delay by delay(k, s), give or take.
func convoys(scatter float64, delay func(k int, s time.Duration) time.Duration) experimenttest.World {
	random := rand.New(rand.NewPCG(7, 8))
	return func(t trial.Trial, r *results.Record) {
		const quiet = 10_600 * time.Microsecond
		d := time.Duration(float64(delay(t.Hog.Clients, t.Server.Switch)) * math.Exp(scatter*random.NormFloat64()))
		d += time.Duration(scatter * random.NormFloat64() * float64(time.Millisecond))
		r.Response = experimenttest.Latencies(map[time.Duration]int64{max(time.Millisecond, quiet+d): 40})
		r.Set("lock_acquisitions_per_request", 4.2, "")
	}
}

// times are m hand-overs per thread and interval.
func times(m float64) func(int, time.Duration) time.Duration {
	return func(k int, s time.Duration) time.Duration { return time.Duration(m * float64(k) * float64(s)) }
}

func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "as gunicorn", World: convoys(0.1, times(5.6)), Want: results.Supported},
		{Name: "two hand-overs a request", World: convoys(0.05, times(2)), Want: results.Supported},
		{Name: "a lock that waiters get at once", World: convoys(0.1, times(0)), Want: results.Refuted},
		{Name: "less than one hand-over", World: convoys(0.1, times(0.5)), Want: results.Refuted},
		{Name: "a request starves", World: convoys(0.1, times(25)), Want: results.Refuted},
		{Name: "the interval does not matter", World: convoys(0.05, func(k int, _ time.Duration) time.Duration {
			return time.Duration(k) * 14 * time.Millisecond
		}), Want: results.Refuted, Why: "the delay grows with the switch interval"},
		{Name: "one hand-over, as is commonly reckoned", World: convoys(0.1, times(1)), Want: results.Inconclusive},
		{Name: "too noisy to tell", World: convoys(1.2, times(1.5)), Want: results.Inconclusive},
	})
}
