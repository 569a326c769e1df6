package workersmemory

import (
	"testing"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// memory is a world in which each worker holds a share of the app's memory for itself.
func memory(private float64) experimenttest.World {
	return func(t trial.Trial, r *results.Record) {
		w, app := float64(t.Server.Workers), float64(t.Server.AppMemory)
		r.Set("pss", 12e6+w*3e6+app*(1-private)+w*app*private, "bytes")
		r.Set("uss", w*2e6+w*app*private, "bytes")
		r.Set("rss", 10e6+w*(12e6+app), "bytes")
	}
}

func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "each its own", World: memory(1), Noise: 0.002, Want: results.Supported, Why: "of its app's 32 MiB"},
		{Name: "shared, as after preload", World: memory(0), Noise: 0.002, Want: results.Refuted},
		{Name: "half of it shared", World: memory(0.5), Noise: 0.002, Want: results.Refuted},
		{Name: "too noisy to tell", World: memory(0.92), Noise: 0.2, Want: results.Inconclusive},
	})
}
