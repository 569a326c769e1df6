package judge

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

// paired is a run of four servers and one A/A twin, whose throughput is so many times its original's.
func paired(blocks int, twin, noise float64) results.Table {
	random := rand.New(rand.NewPCG(3, 4))
	var table results.Table
	for block := range blocks {
		for i := range 5 {
			t := trial.Trial{Server: spec.Server{Class: "sync", Workers: 1 + i%4}, Load: spec.Load{Do: "cpu:5ms", Clients: 16}, Window: time.Second, Twin: i == 4}
			r := results.Record{Origin: results.Measured, Cell: t.Cell(), Trial: t.Key(), Repetition: block}
			x := 100 * float64(t.Server.Workers) * math.Exp(noise*random.NormFloat64())
			if t.Twin {
				x *= twin
			}
			r.Set("throughput", x, "requests/s")
			table = append(table, r)
		}
	}
	return table
}

func TestControlsDeclareWhatDiffers(t *testing.T) {
	for name, c := range map[string]struct {
		twin, noise float64
		want        bool
	}{
		"the same":                   {1, 0.02, false},
		"ten per cent apart":         {1.1, 0.01, true},
		"apart, but within the 2 %":  {1.01, 0.0001, false},
		"apart, but not beyond luck": {1.1, 0.3, false},
	} {
		controls := Controls(paired(4, c.twin, c.noise))
		if len(controls) != 1 {
			t.Fatalf("%s: %d comparisons, want the pair's throughput", name, len(controls))
		}
		got := controls[0]
		if got.Declared != c.want || (Declared(controls) == 1) != c.want || got.Name != "sync 1×1 cpu:5ms" || got.Value != "throughput" {
			t.Errorf("%s: %+v, want declared %v", name, got, c.want)
		}
	}
}

// A pair without valid runs, without its original, in one block, or in an open loop says nothing.
func TestControlsNeedRuns(t *testing.T) {
	invalid := paired(3, 1, 0.02)
	for i := range invalid {
		invalid[i].Invalid = []string{"host: noisy"}
	}
	open := paired(3, 1, 0)
	for i := range open {
		open[i].Cell["arrivals"] = "constant"
	}
	for name, table := range map[string]results.Table{
		"none": nil, "a throughput that the generator sets": open, "invalid": invalid, "one block": paired(1, 1, 0.02),
		"no original": paired(3, 1, 0.02).Where("workers", 1).Where("twin", true),
	} {
		if got := Controls(table); len(got) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// The rate at which identical cells are declared different is what the interval promises: 5 %, less
// what the 2 % keep out. 400 pairs, binomial: 5 % ± 3.3 % at three standard deviations.
func TestControlsErrAsPromised(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	declared, all := 0, 0
	for range 400 {
		table := paired(3, 1, 0)
		for i := range table {
			x, _ := table[i].Value("throughput")
			table[i].Set("throughput", x*math.Exp(0.1*random.NormFloat64()), "requests/s")
		}
		controls := Controls(table)
		declared, all = declared+Declared(controls), all+len(controls)
	}
	if share := float64(declared) / float64(all); all != 400 || share < 0.017 || share > 0.083 {
		t.Errorf("%d of %d identical pairs declared different", declared, all)
	}
}
