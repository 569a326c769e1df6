package threadsmemory

import (
	"testing"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// memory is a world with so much for the arbiter and what is shared, for a worker, and for a thread.
func memory(base, worker, thread float64) experimenttest.World {
	return func(t trial.Trial, r *results.Record) {
		w, n := float64(t.Server.Workers), float64(max(1, t.Server.Threads))
		r.Set("pss", base+w*(worker+float64(t.Server.AppMemory)+n*thread), "bytes")
		r.Set("held", float64(t.Load.Clients), "requests")
		r.Set("throughput", 2*float64(t.Load.Clients), "requests/s")
	}
}

func TestJudge(t *testing.T) {
	const mb, kb = 1e6, 1e3
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		// gunicorn on Python, as tried: 0.41 with no app, 0.18 with 40 MB.
		{Name: "an interpreter each", World: memory(24*mb, 5.8*mb, 29*kb), Noise: 0.003, Want: results.Depends},
		{Name: "heavy workers", World: memory(5*mb, 20*mb, 29*kb), Noise: 0.003, Want: results.Supported},
		{Name: "everything is in the threads", World: memory(5*mb, 1*mb, 40*mb), Noise: 0.003, Want: results.Refuted},
		{Name: "too noisy to tell", World: memory(5*mb, 20*mb, 29*kb), Noise: 0.5, Want: results.Inconclusive},
	})
}
