package ruleofthumb

import (
	"math"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/text"
)

// A stratum is a share of waiting on a number of cores.
type stratum struct {
	waiting float64
	cores   int
	do      string
	choose  results.Table   // the odd blocks: which number of workers is best
	test    experiments.Fit // of throughput, in the even ones
}

// rule is 2C+1.
func (s stratum) rule() int { return 2*s.cores + 1 }

// another is any number but the rule's.
func (s stratum) another(w int) bool { return w != s.rule() }

// within is from 2C to 4C.
func (s stratum) within(w int) bool  { return 2*s.cores <= w && w <= 4*s.cores }
func (s stratum) outside(w int) bool { return !s.within(w) }

func (s stratum) percent() float64 { return math.Round(100 * s.waiting) }

func (s stratum) cell(workers int) string { return cell(s.do, workers, false) }

func cell(do string, workers int, twin bool) string {
	return results.Cell{"do": do, "workers": workers, "twin": twin}.String()
}

var axes = []string{"do", "workers", "twin"}

// strata are those that were tried, in ascending order of waiting: on one core, then on two.
func strata(j *experiments.Judging, t results.Table) []stratum {
	var all []stratum
	pinned := only(pinnedRuns(t), even)
	fit := j.Fit(experiments.Samples(pinned, "throughput", axes...))
	fit.Control(cell(mixtures[2].do(), 3, false), cell(mixtures[2].do(), 3, true))
	for _, m := range mixtures {
		if runs := t.Match(closed(m)).Where("twin", false); len(runs) > 0 {
			all = append(all, stratum{m.share(), 1, m.do(), only(runs, odd), fit})
		}
	}
	if shared := computingRuns(t); len(shared) > 0 {
		fit := j.Fit(experiments.Samples(only(shared, even), "throughput", axes...))
		all = append(all, stratum{0, 2, experiments.ComputingDo, only(shared, odd), fit})
	}
	return all
}

func pinnedRuns(t results.Table) results.Table {
	var cells []results.Cell
	for _, m := range mixtures {
		cells = append(cells, closed(m))
	}
	return experiments.Either(t, cells...)
}

func computingRuns(t results.Table) results.Table { return t.Match(computing()).Where("twin", false) }

func odd(r *results.Record) bool  { return r.Repetition%2 == 1 }
func even(r *results.Record) bool { return !odd(r) }

func only(t results.Table, keep func(*results.Record) bool) results.Table {
	var kept results.Table
	for i := range t {
		if keep(&t[i]) {
			kept = append(kept, t[i])
		}
	}
	return kept
}

// best is the number of workers, of those that may be chosen, that served most in the odd blocks.
func (s stratum) best(may func(int) bool) (workers int, err error) {
	most := 0.0
	for _, w := range experiments.Levels(s.choose.Valid(), "workers") {
		runs := s.choose.Where("workers", w).Valid().Values("throughput")
		if mean, _ := experiments.Bar(runs, experiments.Per(1)); may(int(w)) && mean.Estimate > most {
			workers, most = int(w), mean.Estimate
		}
	}
	if workers == 0 {
		return 0, errNoChoice
	}
	return workers, nil
}

var errNoChoice = text.Errorf("no valid run in an odd block, by which the best number of workers is chosen")

// against is X(2C+1) over that of the best other number. At 80 % of waiting it is the claim's primary
// contrast.
func (s stratum) against(j *experiments.Judging) results.Interval {
	best, err := s.best(s.another)
	if err != nil {
		return j.Known(results.Interval{}, err)
	}
	if s.do == mixtures[2].do() {
		s.test.Primary(s.cell(s.rule()), s.cell(best), enough)
	}
	return s.test.Ratio(s.cell(s.rule()), s.cell(best))
}

// ranged is X of the best number from 2C to 4C over that of the best outside.
func (s stratum) ranged(j *experiments.Judging) results.Interval {
	in, err := s.best(s.within)
	if err != nil {
		return j.Known(results.Interval{}, err)
	}
	out, err := s.best(s.outside)
	if err != nil {
		return j.Known(results.Interval{}, err)
	}
	return s.test.Ratio(s.cell(in), s.cell(out))
}
