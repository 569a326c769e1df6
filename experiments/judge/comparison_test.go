package judge

import (
	"math"
	"strings"
	"testing"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

// compared are runs of some trials in three blocks, whose luck all share: level plus a little more in
// each block.
func compared(levels map[string]float64) results.Table {
	var table results.Table
	for system, level := range levels {
		for block, luck := range []float64{0, 10, 20} {
			one := trial.Trial{System: system, Window: 1}
			r := results.Record{Origin: results.Measured, System: system, Trial: one.Key(), Cell: one.Cell(), Repetition: block}
			r.Set("cpu_per_request", level+luck, "seconds")
			table = append(table, r)
		}
	}
	return table
}

func TestComparison(t *testing.T) {
	a, b := trial.Trial{System: "a", Window: 2}, trial.Trial{System: "b"} // a window is no part of what is compared
	table := compared(map[string]float64{"a": 300, "b": 100, "c": 1})
	j := New("id", "claim", table)
	c := j.Compare(CPU, a, b)
	if d := c.PrimaryAdded(a, b, 200); math.Abs(d.Estimate-200) > 1e-9 || d.Low > 200 || d.High < 200 || d.Low < 198 {
		t.Errorf("added %+v, want 200 and a floor of 0.1 %% around it", d)
	}
	if p := j.verdict.P; p < 0.5 {
		t.Errorf("p = %g of what is at its threshold", p)
	}
	if r := c.Ratio(a, b); r.Estimate < 2.7 || r.Estimate > 3 || !r.Known() {
		t.Errorf("ratio %+v, want between 320/120 and 3", r)
	}
	if n := len(j.Figures(CPU, a)); n != 3 {
		t.Errorf("%d figures of a trial, want 3", n)
	}
	if n := len(j.Of(a, b)); n != 6 {
		t.Errorf("%d runs of two trials, want 6", n)
	}
}

// What is missing is named: the software if it is not there, else the trial. A twin that is missing is not.
func TestComparisonNamesWhatItLacks(t *testing.T) {
	a, gone, lost := trial.Trial{System: "a"}, trial.Trial{System: "gone"}, trial.Trial{System: "a", Server: spec.Server{Class: "sync", Workers: 2}}
	table := compared(map[string]float64{"a": 300})
	for _, c := range []struct {
		with trial.Trial
		want string
	}{
		{gone, "Too little valid data: gone was not put to the test."},
		{lost, "Too little valid data: a sync 2×1  0/s: no valid run."},
	} {
		j := New("id", "claim", table)
		comparison := j.Compare(CPU, a, c.with)
		comparison.Twins(a)
		ratio, added := comparison.PrimaryRatio(c.with, a, 1), comparison.PrimaryAdded(a, c.with, 1)
		v := j.Conclude(j.All(AtMost(ratio, 1, "x"), AtMost(added, 1, "y")), "effect", "×", ratio, "It is.")
		if v.Outcome != results.Inconclusive || v.P != 0 || strings.TrimSpace(v.Why.String()) != c.want {
			t.Errorf("%v, p %g, %q; want %q", v.Outcome, v.P, v.Why, c.want)
		}
	}
}
