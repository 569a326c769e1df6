package rig

import (
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

// Records that were not measured decide nothing, whatever they say.
func TestOnlyWhatWasMeasuredCounts(t *testing.T) {
	one := trial.Trial{Server: spec.Server{Class: "sync", Workers: 1}, Load: spec.Load{Do: "cpu:1ms", Clients: 8}, Window: time.Second, Group: "g", Blocks: 3}
	other := one
	other.Twin = true
	e := experiments.Experiment{
		ID: "e", Trials: func(trial.Profile) []trial.Trial { return []trial.Trial{one, other} },
		Judge: func(t results.Table) results.Verdict { return results.Verdict{ID: "e", Runs: len(t)} },
	}
	run := func(t trial.Trial, origin string, block int, throughput float64) results.Record {
		r := results.Record{Trial: t.Key(), Cell: t.Cell(), Repetition: block, Look: 1, Origin: origin, System: results.Ours, Try: 1}
		r.Set("throughput", throughput, "requests/s")
		return r
	}
	var table results.Table
	for block := range 3 {
		for _, origin := range []string{results.Simulated, results.Predicted} {
			table = append(table, run(one, origin, block, 100), run(other, origin, block, 150+float64(block)))
		}
	}
	plan := experiments.NewPlan([]experiments.Experiment{e}, trial.Quick, 1)
	if v := experiments.Verdicts([]experiments.Experiment{e}, table)[0]; v.Runs != 0 {
		t.Errorf("judged on %d runs", v.Runs)
	}
	if c := judge.Controls(table); len(c) != 0 {
		t.Errorf("A/A pairs of %+v", c)
	}
	if left := Remaining(plan, table, 1); len(left) != len(plan) {
		t.Errorf("%d of %d runs are left to do", len(left), len(plan))
	}
	measured := append(table, run(one, results.Measured, 0, 100))
	if v := experiments.Verdicts([]experiments.Experiment{e}, measured)[0]; v.Runs != 1 {
		t.Errorf("judged on %d runs, one was measured", v.Runs)
	}
	if left := Remaining(plan, measured, 1); len(left) != len(plan)-1 {
		t.Errorf("%d of %d runs are left to do", len(left), len(plan))
	}
}
