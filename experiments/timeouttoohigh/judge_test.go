package timeouttoohigh

import (
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// losing is a world in which hangs cost such a share of 80 requests/s at a timeout.
func losing(of func(timeout time.Duration) float64) experimenttest.World {
	return func(t trial.Trial, r *results.Record) {
		x := 80.0
		if t.Hog.Burst > 0 {
			x *= 1 - of(t.Server.Timeout)
		}
		r.Set("throughput", x, "requests/s")
		r.Timeline = &results.Timeline{Step: 0.05}
		for range 160 {
			r.Timeline.Answered = append(r.Timeline.Answered, uint64(x/20))
		}
	}
}

func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "as the theory says", World: losing(theory), Want: results.Supported, Why: "(theory 50.0 %)"},
		{Name: "killed late", World: losing(func(t time.Duration) float64 { return theory(t + 200*time.Millisecond) }), Want: results.Supported},
		{Name: "the timeout does not matter", World: losing(func(time.Duration) float64 { return 0.5 }), Want: results.Refuted, Why: "a short timeout pays"},
		{Name: "hangs cost nothing", World: losing(func(time.Duration) float64 { return 0 }), Want: results.Refuted},
		{Name: "a hang takes all workers", World: losing(func(t time.Duration) float64 { return 1.9 * theory(t) }), Want: results.Refuted, Why: "the loss at a timeout of 30 s"},
		{Name: "a slow replacement", World: losing(func(t time.Duration) float64 { return theory(t) + 0.1 }), Want: results.Inconclusive},
		{Name: "noise", World: losing(theory), Noise: 0.3, Want: results.Inconclusive},
	})
}

// The other timeouts of the standard profile are held to the theory too.
func TestOtherTimeouts(t *testing.T) {
	for _, c := range []struct {
		four float64
		want results.Outcome
	}{{theory(4 * time.Second), results.Supported}, {0.5, results.Refuted}} {
		w := losing(func(timeout time.Duration) float64 {
			if timeout == 4*time.Second {
				return c.four
			}
			return theory(timeout)
		})
		if v := Experiment.Verdict(experimenttest.Table(t, Experiment, trial.Standard, w, 0.02)); v.Outcome != c.want {
			t.Errorf("%g lost at 4 s: %v, want %v: %v", c.four, v.Outcome, c.want, v.Why)
		}
	}
}
