package ruleofthumb

import (
	"maps"
	"math"
	"slices"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
)

// A stratum is a share of waiting on a number of cores.
type stratum struct {
	waiting float64
	cores   int
	do      string
	served  map[int]map[int]float64 // throughput by number of workers and block
	fit     judge.Fit               // of throughput, from which its error is known
}

// rule is 2C+1.
func (s stratum) rule() int { return 2*s.cores + 1 }

// another is any number but the rule's.
func (s stratum) another(w int) bool { return w != s.rule() }

// within is from 2C to 4C.
func (s stratum) within(w int) bool  { return 2*s.cores <= w && w <= 4*s.cores }
func (s stratum) outside(w int) bool { return !s.within(w) }

func (s stratum) percent() float64 { return math.Round(100 * s.waiting) }

func cell(do string, workers int, twin bool) string {
	return results.Cell{"do": do, "workers": workers, "twin": twin}.String()
}

var axes = []string{"do", "workers", "twin"}

// strata are those that were tried, in ascending order of waiting: on one core, then on two.
func strata(j *judge.Judging, t results.Table) []stratum {
	var all []stratum
	fit := j.Fit(judge.Samples(pinnedRuns(t), "throughput", axes...))
	if len(pinnedRuns(t).Where("twin", true)) > 0 {
		fit.Control(cell(mixtures[2].do(), 3, false), cell(mixtures[2].do(), 3, true))
	}
	for _, m := range mixtures {
		if runs := t.Match(closed(m)).Where("twin", false); len(runs) > 0 {
			all = append(all, stratum{m.share(), 1, m.do(), byWorkers(runs), fit})
		}
	}
	if shared := computingRuns(t); len(shared) > 0 {
		fit := j.Fit(judge.Samples(shared, "throughput", axes...))
		all = append(all, stratum{0, 2, trial.ComputingDo, byWorkers(shared), fit})
	}
	return all
}

func pinnedRuns(t results.Table) results.Table {
	var cells []results.Cell
	for _, m := range mixtures {
		cells = append(cells, closed(m))
	}
	return judge.Either(t, cells...)
}

func computingRuns(t results.Table) results.Table {
	var cells []results.Cell
	for _, w := range computed {
		cells = append(cells, computing(w))
	}
	return judge.Either(t, cells...).Where("twin", false)
}

func byWorkers(t results.Table) map[int]map[int]float64 {
	served := make(map[int]map[int]float64)
	for _, w := range judge.Levels(t, "workers") {
		served[int(w)] = judge.ByBlock(t.Where("workers", w), "throughput")
	}
	return served
}

// best is the number of workers, of those that may be chosen, that served most in all blocks but one;
// 0 if there is none.
func (s stratum) best(may func(int) bool, but int) (workers int) {
	most := 0.0
	for _, w := range slices.Sorted(maps.Keys(s.served)) {
		sum, n := 0.0, 0
		for block, x := range s.served[w] {
			if block != but {
				sum, n = sum+x, n+1
			}
		}
		if may(w) && n > 0 && sum/float64(n) > most {
			workers, most = w, sum/float64(n)
		}
	}
	return workers
}

// ratios are, block by block, what one number of workers served over what another did, each chosen in
// the other blocks.
func (s stratum) ratios(over, under func(int) bool) (all []float64) {
	for block := range s.blocks() {
		a, okA := s.served[s.best(over, block)][block]
		b, okB := s.served[s.best(under, block)][block]
		if okA && okB {
			all = append(all, a/b)
		}
	}
	return all
}

// blocks is one more than the last block.
func (s stratum) blocks() (n int) {
	for _, byBlock := range s.served {
		for block := range byBlock {
			n = max(n, block+1)
		}
	}
	return n
}

// against is X(2C+1) over that of the best other number. At 80 % of waiting it is the claim's primary
// contrast.
func (s stratum) against() stat.Interval {
	ratios := s.ratios(func(w int) bool { return !s.another(w) }, s.another)
	if s.do == mixtures[2].do() {
		s.fit.PrimaryMeanRatio(ratios, enough)
	}
	return s.fit.MeanRatio(ratios)
}

// ranged is X of the best number from 2C to 4C over that of the best outside.
func (s stratum) ranged() stat.Interval {
	return s.fit.MeanRatio(s.ratios(s.within, s.outside))
}
