package preloadmemory

import (
	"fmt"
	"math"
	"testing"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// world is a server that keeps a share of the pages a worker writes shared all the same, and whose
// replacement takes so many seconds with preload.
func world(kept, again float64) experimenttest.World {
	return func(t trial.Trial, r *results.Record) {
		var f float64
		_, _ = fmt.Sscanf(t.Load.Do, "touch:%g", &f) // 0 where nothing is touched
		pss := 24e6 + workers*app
		if t.Server.Preload {
			pss = 24e6 + app*(1+workers*f*(1-kept))
		}
		r.Set("pss", pss, "bytes")
		r.Set("idlest_share", 0.2, "share")
		start, serving := 2.1, 0.55
		if t.Server.Preload {
			start, serving = 0.6, again
		}
		r.Set("start_seconds", start, "seconds")
		r.Set("serving_seconds", serving, "seconds")
	}
}

func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "copied on write", World: world(0, 0.03), Noise: 0.005, Want: results.Depends, Why: "It breaks even where 7"},
		{Name: "shared whatever is written", World: world(1, 0.03), Noise: 0.005, Want: results.Supported},
		{Name: "a replacement that boots again", World: world(0, 0.55), Noise: 0.005, Want: results.Refuted},
		{Name: "nothing shared", World: func(e trial.Trial, r *results.Record) {
			world(0, 0.55)(e, r)
			r.Set("pss", 150e6, "bytes")
		}, Noise: 0.005, Want: results.Refuted},
		{Name: "too noisy to tell", World: world(0, 0.1), Noise: 0.8, Want: results.Inconclusive},
	})
}

// A worker that served nothing wrote nothing, and would make preload look good.
func TestIdleWorkerDoesNotCount(t *testing.T) {
	idle := func(e trial.Trial, r *results.Record) {
		world(0, 0.03)(e, r)
		r.Set("idlest_share", 0, "share")
	}
	v := Experiment.Verdict(experimenttest.Table(t, Experiment, trial.Quick, idle, 0.005))
	if v.Outcome != results.Inconclusive || len(v.Warnings) == 0 {
		t.Errorf("%v, warnings %q", v.Outcome, v.Warnings)
	}
}

func TestMeasuredBreakEven(t *testing.T) {
	table := experimenttest.Table(t, Experiment, trial.Standard, world(0, 0.03), 0)
	if f := measuredBreakEven(Experiment.Judging(table)); math.Abs(f-breakEven) > 1e-9 {
		t.Errorf("breaks even at %v, want %v", f, breakEven)
	}
	if f := measuredBreakEven(Experiment.Judging(nil)); !math.IsNaN(f) {
		t.Errorf("breaks even at %v without runs", f)
	}
}
