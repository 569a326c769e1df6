package analysis

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/text"
)

const (
	// minBeyond is how many samples must lie beyond a quantile for it to be reported: at 20 its
	// rank is known to within a quarter.
	minBeyond = 20
	// minRuns is how many runs a bootstrap needs: of n runs the widest interval it can give spans
	// them all, which misses a median with probability 2^(1−n), 6 % at five.
	minRuns   = 5
	resamples = 2000
)

// Quantile returns the q quantile of all runs' requests together, in the histograms' unit
// (microseconds), with the percentile interval of a bootstrap that draws whole runs: a request is
// never a unit. The seed makes it repeatable. It fails with a *FewError when fewer than 20 requests
// lie beyond the quantile (then Share of a fixed limit is what can be told) and for fewer than five
// runs (then fit the runs' own quantiles with FitBlocks).
func Quantile(runs []*results.Histogram, q, confidence float64, seed uint64) (results.Interval, error) {
	if err := checkConfidence(confidence); err != nil {
		return results.Interval{}, err
	}
	if !(q > 0 && q < 1) {
		return results.Interval{}, domain("quantile %v is not between 0 and 1", q)
	}
	p := newPool(runs)
	if err := p.check(q); err != nil {
		return results.Interval{}, err
	}
	once := slices.Repeat([]int64{1}, len(p.totals))
	drawn := p.bootstrap(q, rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)))
	tail := (1 - confidence) / 2
	return results.Interval{
		Estimate: p.quantile(q, once), Low: sorted(drawn, tail), High: sorted(drawn, 1-tail),
		Confidence: confidence,
	}, nil
}

// pool holds the runs' cumulative counts over the union of their values, so that the quantile of a
// resample is one binary search instead of a merge of histograms.
type pool struct {
	values     []int64   // ascending
	cumulative [][]int64 // of a run, at each value
	totals     []int64   // of a run
}

func newPool(runs []*results.Histogram) pool {
	var p pool
	var counts []map[int64]int64
	for _, run := range runs {
		if run.Count() == 0 {
			continue
		}
		count := make(map[int64]int64)
		for _, bar := range run.Distribution() {
			if bar.Count > 0 {
				count[bar.To] += bar.Count
				p.values = append(p.values, bar.To)
			}
		}
		counts = append(counts, count)
		p.totals = append(p.totals, run.Count())
	}
	slices.Sort(p.values)
	p.values = slices.Compact(p.values)
	for _, count := range counts {
		sum, cumulative := int64(0), make([]int64, len(p.values))
		for i, v := range p.values {
			sum += count[v]
			cumulative[i] = sum
		}
		p.cumulative = append(p.cumulative, cumulative)
	}
	return p
}

func (p pool) check(q float64) error {
	var n int64
	for _, total := range p.totals {
		n += total
	}
	if beyond := float64(n) * (1 - q); beyond < minBeyond-1e-9 {
		return &FewError{
			What: text.Of("only %.0f of %d requests lie beyond p%g, fewer than %d", beyond, n, 100*q, minBeyond),
			Hint: "report the share above a fixed limit",
		}
	}
	if len(p.totals) < minRuns {
		return &FewError{
			What: text.Of("%d runs are too few to resample, fewer than %d", len(p.totals), minRuns),
			Hint: "fit the runs' own quantiles by block",
		}
	}
	return nil
}

// quantile is the smallest value that q of the requests do not exceed, each run taken times[run] times.
func (p pool) quantile(q float64, times []int64) float64 {
	var total int64
	for run, n := range times {
		total += n * p.totals[run]
	}
	rank := int64(math.Ceil(q * float64(total)))
	at := sort.Search(len(p.values)-1, func(i int) bool {
		var sum int64
		for run, n := range times {
			sum += n * p.cumulative[run][i]
		}
		return sum >= rank
	})
	return float64(p.values[at])
}

// bootstrap returns the quantiles of resamples, ascending.
func (p pool) bootstrap(q float64, rng *rand.Rand) []float64 {
	drawn := make([]float64, resamples)
	times := make([]int64, len(p.totals))
	for i := range drawn {
		clear(times)
		for range times {
			times[rng.IntN(len(times))]++
		}
		drawn[i] = p.quantile(q, times)
	}
	slices.Sort(drawn)
	return drawn
}

// sorted is the q quantile of ascending values, the nearest rank outwards.
func sorted(ascending []float64, q float64) float64 {
	rank := q * float64(len(ascending)-1)
	if q < 0.5 {
		return ascending[int(math.Floor(rank))]
	}
	return ascending[int(math.Ceil(rank))]
}
