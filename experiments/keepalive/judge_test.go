package keepalive

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

// A server closes connections after its keep-alive, or after what it takes for it.
type closing func(keep time.Duration) time.Duration

func asTold(keep time.Duration) time.Duration { return keep }

// serving is a world in which keep-alive leaves such a share of the CPU time, and connections live as
// long as lives says. Its clients think, one after another, as the experiment's do.
func serving(gthread, gevent float64, lives closing) experimenttest.World {
	random := rand.New(rand.NewPCG(9, 10))
	return func(t trial.Trial, r *results.Record) {
		cost := map[string]float64{"gthread": 231e-6, "gevent": 250e-6, "sync": 172e-6}[t.Server.Class]
		if t.Server.KeepAlive == on && t.Load.Think == 0 {
			cost *= map[string]float64{"gthread": gthread, "gevent": gevent}[t.Server.Class]
		}
		r.Set("cpu_per_request", cost, "seconds")
		if t.Load.Think > 0 {
			opened := visit(t, lives(t.Server.KeepAlive), r, random)
			r.Set("opened", float64(opened), "connections")
			r.Set("reused", float64(int(r.Sent)-opened), "requests")
			r.Set("reset", 0, "requests")
		}
	}
}

// visit lets the trial's clients come and go, and counts the connections they open in the window.
func visit(t trial.Trial, life time.Duration, r *results.Record, random *rand.Rand) (opened int) {
	from := t.WarmUp()
	for range t.Load.Clients {
		last := time.Duration(math.MinInt64 / 2)
		for at := think(t.Load, random); at < from+t.Window; at += think(t.Load, random) {
			if at >= from {
				r.Sent++
				if at-last > life {
					opened++
				}
			}
			last = at
		}
	}
	return opened
}

func think(l spec.Load, random *rand.Rand) time.Duration {
	return l.Thinking.Draw(l.Think, 0, random)
}

// The costs are gunicorn 20.1's: gthread 231 µs → 195, gevent 250 → 157.
func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "as told", World: serving(0.70, 0.63, asTold), Want: results.Supported},
		{Name: "near the threshold", World: serving(0.815, 0.63, asTold), Want: results.Inconclusive, Why: "gthread saves CPU time"},
		{Name: "nothing saved", World: serving(1, 1, asTold), Want: results.Refuted},
		{Name: "gevent saves nothing", World: serving(0.7, 1, asTold), Want: results.Refuted, Why: "gevent saves CPU time"},
		{Name: "connections closed after every answer", World: serving(0.7, 0.63, func(time.Duration) time.Duration { return 0 }), Want: results.Refuted},
		{Name: "twice the keep-alive", World: serving(0.7, 0.63, func(k time.Duration) time.Duration { return 2 * k }), Want: results.Refuted},
		{Name: "one second at most", World: serving(0.7, 0.63, func(k time.Duration) time.Duration { return min(k, second) }), Want: results.Refuted},
		{Name: "5 s of keep-alive that are 2", World: serving(0.7, 0.63, func(k time.Duration) time.Duration {
			if k == 5*second {
				return 2 * second
			}
			return k
		}), Want: results.Refuted, Why: "beyond 5 s of keep-alive"},
		{Name: "5 s of keep-alive that are 2.4", World: serving(0.7, 0.63, func(k time.Duration) time.Duration { // of 5 points of connections
			if k == 5*second {
				return 2400 * time.Millisecond
			}
			return k
		}), Want: results.Refuted, Why: "beyond 5 s of keep-alive"},
	})
}

// The formula against clients drawn one by one: 40 000 of them, so that three standard errors of a
// share are below half a point.
func TestOpening(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, v := range []visitors{twoSeconds, fiveSeconds, tenSeconds} {
		v.n = 40_000
		one := visited(v, trial.Quick)
		var r results.Record
		opened := visit(one, v.keep, &r, random)
		got, want := float64(opened)/float64(r.Sent), v.opening(one.Window.Seconds(), 0)
		if math.Abs(got-want) > 0.005 {
			t.Errorf("%v: drawn %.4f, formula %.4f", v, got, want)
		}
	}
}
