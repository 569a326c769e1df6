package fidelity

import (
	"math"
	"strings"
	"testing"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

var (
	syncs = Scenario{Class: "sync", Clients: 32, Handler: waits, Axis: Workers, At: []float64{1, 2, 4}}
	took  = Cost{Class: "sync", Do: "cpu:1ms", Place: "pin", Ours: 1050e-6, Theirs: 1200e-6}
)

// measured are records of both servers at the scenario's points in four blocks: gunicorn's throughput is
// 100 requests/s a worker, ours so many times that, and runs scatter by a share.
func measured(scatter float64, ours ...float64) (table results.Table) {
	for block := range 4 {
		luck := 1 + 0.1*float64(block) // of the block: it falls on all
		for i, at := range syncs.At {
			noise := 1 + scatter*math.Cos(float64(7*block+3*i))
			table = append(table,
				record(syncs.trial("", at, took), block, 100*at*ours[i]*luck*noise),
				record(syncs.trial(Theirs, at, took), block, 100*at*luck/noise))
		}
	}
	return table
}

func record(one trial.Trial, block int, x float64) results.Record {
	r := results.Record{Trial: one.Key(), Repetition: block, Duration: one.Window}
	r.Set(throughput, x, "requests/s")
	return r
}

func TestCurvesAreComparedByTheirShape(t *testing.T) {
	for _, c := range []struct {
		name    string
		scatter float64
		ours    []float64
		off     float64
		within  Answer
	}{
		{"equal", 0.001, []float64{1, 1, 1}, 0, Yes},
		{"half as fast everywhere", 0.001, []float64{0.5, 0.5, 0.5}, 0, Yes},
		// The ratios' geometric mean is 1.06^(2/3), and the first point is below it by that.
		{"a little off", 0.001, []float64{1, 1.06, 1.06}, math.Pow(1.06, 2.0/3) - 1, Yes},
		{"far off", 0.001, []float64{1, 1, 0.7}, math.Pow(1/0.7, 2.0/3) - 1, No},
		{"lost in noise", 0.2, []float64{1, 1, 1}, math.NaN(), Undecided},
	} {
		got := syncs.curve(throughput, took, measured(c.scatter, c.ours...))
		if got.Within != c.within || got.Off-c.off > 0.005 || c.off-got.Off > 0.005 || got.Lacks != "" {
			t.Errorf("%s: off by %.4f, %s, lacks %q; want %.4f, %s", c.name, got.Off, got.Within, got.Lacks, c.off, c.within)
		}
	}
}

func TestPointsHaveLevelsAndRatios(t *testing.T) {
	got := syncs.curve(throughput, took, measured(0.001, 0.5, 0.5, 0.6)).Points
	const luck = 1.14476 // geometric mean of 1, 1.1, 1.2 and 1.3
	for i, want := range []struct{ ours, theirs, ratio, shape float64 }{
		{50, 100, 0.5, math.Pow(1.2, -1.0/3)},
		{100, 200, 0.5, math.Pow(1.2, -1.0/3)},
		{240, 400, 0.6, math.Pow(1.2, 2.0/3)},
	} {
		p := got[i]
		for what, pair := range map[string][2]float64{
			"ours": {p.Ours, want.ours * luck}, "gunicorn": {p.Theirs, want.theirs * luck},
			"ratio": {p.Ratio.Estimate, want.ratio}, "shape": {p.Shape.Estimate, want.shape},
		} {
			if math.Abs(pair[0]/pair[1]-1) > 0.005 {
				t.Errorf("%s, %s: %v, want %v", p.At, what, pair[0], pair[1])
			}
		}
		if !p.Ratio.Holds(want.ratio) || !p.Shape.Holds(want.shape) {
			t.Errorf("%s: %v and %v", p.At, p.Ratio, p.Shape)
		}
	}
}

func TestRunsThatDoNotCountLeaveNothingToCompare(t *testing.T) {
	table := measured(0.001, 1, 1, 1)
	for i := range table {
		if table[i].Trial == syncs.trial(Theirs, 4, took).Key() {
			table[i].Invalid = []string{"host: steal"}
		}
	}
	for name, table := range map[string]results.Table{"none": nil, "a cell missing": table} {
		got := syncs.curve(throughput, took, table)
		if got.Within != Undecided || got.Lacks == "" || len(got.Points) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestARunThatDoesNotCountTakesItsPairAlong(t *testing.T) {
	table := measured(0.001, 1, 1, 1)
	table[0].Invalid = []string{"host: steal"}
	got := syncs.curve(throughput, took, table)
	if got.Within != Yes || len(got.Points[0].Runs) != 3 || len(got.Points[1].Runs) != 4 || got.Points[0].Runs[0].Block != 1 {
		t.Errorf("%+v", got)
	}
}

func TestCostsComeOfValidRuns(t *testing.T) {
	scenarios := []Scenario{syncs, {Class: "sync", Handler: waits, Axis: Load}}
	var table results.Table
	for system, cpu := range map[string]float64{"": 1050e-6, Theirs: 1200e-6} {
		for _, factor := range []float64{0.5, 1.5, 100} {
			r := results.Record{Trial: syncs.costTrial(system).Key()}
			r.Set("cpu_per_request", cpu*factor, "seconds")
			if factor > 2 {
				r.Invalid = []string{"host: steal"}
			}
			table = append(table, r)
		}
	}
	got, err := costs(scenarios, table)
	if err != nil || len(got) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	if c := scenarios[1].cost(got); math.Abs(c.Ours-1050e-6) > 1e-12 || c.More().String() != "150µs" {
		t.Errorf("%+v, more %v", c, c.More())
	}
	if _, err := costs(scenarios, table.Valid()[:2]); err == nil || !strings.Contains(err.Error(), "too busy") {
		t.Errorf("without one of them: %v", err)
	}
}
