package onepod

import (
	"math/rand/v2"
	"testing"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// world simulates four workers under the load: each request goes to the one that route names, given
// when each will be idle. Pods and server get the same requests.
func world(pods, server func(idle []float64, random *rand.Rand) int) experimenttest.World {
	return func(t trial.Trial, r *results.Record) {
		route := server
		if t.Pods > 1 {
			route = pods
		}
		random, routing := rand.New(rand.NewPCG(uint64(r.Repetition), 11)), rand.New(rand.NewPCG(uint64(r.Repetition), 12))
		idle := make([]float64, 4)
		r.Response = results.NewHistogram()
		for at := random.ExpFloat64() / trial.RandomRate; at < t.Window.Seconds(); at += random.ExpFloat64() / trial.RandomRate {
			i := route(idle, routing)
			idle[i] = max(at, idle[i]) + 0.02*random.ExpFloat64() + 0.0005
			r.Planned++
			if err := r.Response.RecordValue(int64((idle[i] - at) * 1e6)); err != nil {
				panic(err) // an hour late
			}
		}
		r.Set("cpu_per_request", 0.0005, "seconds")
		r.Set("busiest_share", 0.27, "share")
	}
}

// soonest takes the worker that is idle first, as one queue does, and so does a balancer that knows
// the pods' queues.
func soonest(idle []float64, _ *rand.Rand) int {
	best := 0
	for i := range idle {
		if idle[i] < idle[best] {
			best = i
		}
	}
	return best
}

func blind(idle []float64, random *rand.Rand) int { return random.IntN(len(idle)) }

// better takes the better of two at random (Mitzenmacher, The Power of Two Choices, 2001).
func better(idle []float64, random *rand.Rand) int {
	a, b := random.IntN(len(idle)), random.IntN(len(idle))
	if idle[a] < idle[b] {
		return a
	}
	return b
}

func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "a balancer that picks at random", World: world(blind, soonest), Want: results.Supported},
		{Name: "a balancer that is better than the kernel", World: world(soonest, blind), Want: results.Refuted},
		{Name: "a balancer that knows the queues", World: world(soonest, soonest), Want: results.Refuted},
		{Name: "a balancer that asks two pods", World: world(better, soonest), Want: results.Inconclusive},
	})
}
