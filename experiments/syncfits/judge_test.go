package syncfits

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// figures of a class: what it serves of computing requests, its p95 under open load in ms, and what it
// serves of waiting ones.
type figures struct{ computing, p95, waiting float64 }

// like is a world of such classes; the p95 scatters from run to run by so much.
func like(scatter float64, classes map[string]figures) experimenttest.World {
	random := rand.New(rand.NewPCG(5, 6))
	return func(t trial.Trial, r *results.Record) {
		f := classes[t.Server.Class]
		if t.Load.Rate > 0 {
			slow := time.Duration(f.p95 * math.Exp(scatter*random.NormFloat64()) * float64(time.Millisecond))
			r.Response = experimenttest.Latencies(map[time.Duration]int64{6 * time.Millisecond: 360, slow: 40})
			return
		}
		x := f.computing
		if t.Load.Do == trial.WaitingDo {
			x = f.waiting
		}
		r.Set("throughput", x, "requests/s")
	}
}

// with is the world measured on gunicorn 20.1 (two cores), a class changed.
func with(class string, f figures) map[string]figures {
	world := map[string]figures{
		"sync": {370, 12, 92}, "gthread": {336, 30, 640}, "gevent": {375, 17, 0}, "tornado": {368, 0, 0},
	}
	if class != "" {
		world[class] = f
	}
	return world
}

func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "as gunicorn", World: like(0.05, with("", figures{})), Want: results.Depends, Why: "share of waiting"},
		{Name: "threads that do not help", World: like(0.05, with("gthread", figures{336, 30, 120})), Want: results.Supported},
		{Name: "a class that is faster, threads that do not help", World: like(0.05, map[string]figures{
			"sync": {370, 12, 92}, "gthread": {336, 30, 120}, "gevent": {500, 17, 0}, "tornado": {368, 0, 0},
		}), Want: results.Depends},
		{Name: "faster everywhere", World: like(0.05, with("gevent", figures{500, 17, 0})), Want: results.Refuted},
		{Name: "a shorter tail", World: like(0.05, with("gevent", figures{370, 6, 0})), Want: results.Refuted},
		{Name: "near the margin", World: like(0.05, with("gevent", figures{407, 17, 0})), Want: results.Inconclusive},
		{Name: "tails too noisy to tell", World: like(0.8, with("gevent", figures{375, 12, 0})), Want: results.Inconclusive},
	})
}

// A quantile of a handful of requests is none.
func TestP95NeedsRequests(t *testing.T) {
	r := results.Record{Response: experimenttest.Latencies(map[time.Duration]int64{time.Millisecond: 199})}
	if v, ok := judge.P95(&r); ok {
		t.Errorf("p95 of 199 requests = %v", v)
	}
}
