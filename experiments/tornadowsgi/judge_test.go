package tornadowsgi

import (
	"math"
	"testing"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// serving is a world in which the classes serve so many requests a second.
func serving(rates map[string]float64) experimenttest.World {
	return func(t trial.Trial, r *results.Record) {
		r.Set("throughput", rates[t.Server.Class], "requests/s")
		r.Set("cpu_per_request", 0.0004, "seconds")
	}
}

// The rates of gunicorn 20.1 on one core (two workers, wait 20 ms, 32 clients), asgi after gevent.
func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "as gunicorn", World: serving(map[string]float64{"tornado": 96, "sync": 97, "gevent": 1455, "asgi": 1450}), Want: results.Supported},
		{Name: "tornado that serves while it waits", World: serving(map[string]float64{"tornado": 1400, "sync": 97, "gevent": 1455, "asgi": 1450}), Want: results.Refuted, Why: "tornado serves what sync does"},
		{Name: "both far from the formula", World: serving(map[string]float64{"tornado": 60, "sync": 60, "gevent": 1455, "asgi": 1450}), Want: results.Refuted, Why: "tornado serves W/(D+I)"},
		{Name: "an app that awaits in vain", World: serving(map[string]float64{"tornado": 96, "sync": 97, "gevent": 1455, "asgi": 97}), Want: results.Refuted, Why: "asgi over tornado"},
		{Name: "near the margin", World: serving(map[string]float64{"tornado": 90, "sync": 99, "gevent": 1455, "asgi": 1450}), Want: results.Inconclusive},
		{Name: "too noisy to tell", World: serving(map[string]float64{"tornado": 96, "sync": 97, "gevent": 1455, "asgi": 1450}), Noise: 0.3, Want: results.Inconclusive},
	})
}

// The effect shown is the one whose p-value is: where asgi serves ten times what tornado does, one
// is at the threshold and the other says nothing, however alike tornado and sync are.
func TestEffectIsThePrimaryContrast(t *testing.T) {
	for _, c := range []struct{ asgi, low, high float64 }{{1450, 0, 0.001}, {960, 0.05, 1}} {
		world := serving(map[string]float64{"tornado": 96, "sync": 96, "gevent": 1455, "asgi": c.asgi})
		v := Experiment.Verdict(experimenttest.Table(t, Experiment, trial.Quick, world, 0.02))
		if want := c.asgi / 96; math.Abs(v.Effect.Estimate/want-1) > 0.05 || v.P < c.low || v.P > c.high {
			t.Errorf("%s: %g with p %g, want about %g and p from %g to %g", v.Effect.Name, v.Effect.Estimate, v.P, want, c.low, c.high)
		}
	}
}
