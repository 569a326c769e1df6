package accuracy

import (
	"math"
	"testing"
	"time"

	"github.com/workerlab/workerlab/models/capacity"
)

// A result whose figures are off by so much of what was measured.
func off(load, share float64, held bool) Result {
	spread := 2 * math.Abs(share)
	if !held {
		spread = math.Abs(share) / 2
	}
	of := func(measured float64) capacity.Range {
		v := measured * (1 + share)
		return capacity.Range{Value: v, Low: v - spread*measured - 1e-9, High: v + spread*measured + 1e-9}
	}
	run := capacity.Run{Throughput: 100, P50: 20 * time.Millisecond, P99: 80 * time.Millisecond, PSS: 100 << 20}
	return Result{
		Cell: Cell{Load: load}, Measured: []capacity.Run{run, run},
		Predicted: capacity.Outcome{Throughput: of(100), P50: of(0.020), P99: of(0.080), Memory: float64(run.PSS) * (1 + share)},
	}
}

func TestTable(t *testing.T) {
	var good, bad []Result
	for i := range 10 {
		good = append(good, off(0, 0.03, i > 0), off(0.5, -0.08, true))
		bad = append(bad, off(0, 0.12, false), off(0.5, 0.2, false))
	}
	for name, c := range map[string]struct {
		results []Result
		met     []bool
	}{
		"as wanted": {good, []bool{true, true, true, false, true}}, // memory is 8 % off in half of them
		"far off":   {bad, []bool{false, false, false, false, false}},
		"nothing":   {nil, []bool{false, false, false, false, false}},
	} {
		for i, r := range Table(c.results) {
			if name == "as wanted" && i == 3 {
				continue
			}
			if name == "as wanted" && r.What == "90 % intervals" && (r.Median < 0.9 || r.Median > 0.97) {
				t.Errorf("%s: %+v", name, r)
			} else if r.What != "90 % intervals" && r.Met != c.met[i] {
				t.Errorf("%s: %+v, want met %v", name, r, c.met[i])
			}
		}
	}
}

func TestCellsAreHeldOut(t *testing.T) {
	for _, c := range Cells(2) {
		if c.Load == 0 && c.Class == "sync" && c.Workers <= 2 || c.Class == "gthread" && c.Workers == 1 && c.Threads == 4 {
			t.Errorf("%v is one of the calibration's", c)
		}
	}
	if n := len(Cells(2)) * len(Handlers()) * 2; n < 60 {
		t.Errorf("%d cells of two deployments, want 60 and more", n)
	}
}
