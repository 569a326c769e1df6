package giltest

import (
	"cmp"
	"encoding/json"
	"slices"
	"sort"
	"time"

	_ "embed"
)

// An End says why a thread let the lock go.
type End byte

// Why threads let the lock go.
const (
	Forced End = 'f'
	Called End = 'c' // made a short call
	Slept  End = 's'
)

// A Hold is a stretch for which a thread had the lock.
type Hold struct {
	Thread               int
	Wanted, Began, Ended time.Duration
	End                  End
}

// A Summary is what the hand-overs of a run were like.
type Summary struct {
	Version string  `json:"version,omitempty"` // of CPython
	Holds   int     `json:"holds"`
	Kept    float64 `json:"kept"` // share of the short calls after which their thread went on; 0 where there was none
	// Waits are quantiles of how long a thread of the last role waited for the lock, in switch intervals, at evenly
	// spaced shares.
	Waits []float64 `json:"waits"`
	// Gaps are the shares of the threads of all roles that had the lock again after at most 1, 2, … others had it.
	Gaps []float64 `json:"gaps"`
}

// Quantiles are how many of them tell of waits.
const Quantiles = 40

// Summarize leaves out what began before warm.
func Summarize(p Pattern, holds []Hold, warm time.Duration) (s Summary) {
	slices.SortFunc(holds, func(a, b Hold) int { return cmp.Compare(a.Began, b.Began) })
	holds, calls, kept := merge(holds)
	if calls > 0 {
		s.Kept = float64(kept) / float64(calls)
	}
	last := make(map[int]int) // hold of a thread
	var gaps []int
	var waits []float64
	for i, h := range holds {
		if before, ok := last[h.Thread]; ok && h.Began >= warm {
			gaps = append(gaps, i-before-1)
		}
		last[h.Thread] = i
		if h.Began >= warm && p.Role(h.Thread) == p[len(p)-1] {
			waits = append(waits, float64(h.Began-h.Wanted)/float64(Interval))
		}
	}
	s.Holds = len(holds)
	s.Waits, s.Gaps = quantiles(waits), shares(gaps, 4*p.Threads())
	return s
}

// merge joins holds of a thread between which nobody else had the lock, and counts its short calls there, and all.
func merge(holds []Hold) (merged []Hold, calls, kept int) {
	for _, h := range holds {
		n := len(merged)
		if n > 0 && merged[n-1].End == Called {
			calls++
		}
		if n == 0 || merged[n-1].Thread != h.Thread {
			merged = append(merged, h)
			continue
		}
		if merged[n-1].End == Called {
			kept++
		}
		merged[n-1].Ended, merged[n-1].End = h.Ended, h.End
	}
	return merged, calls, kept
}

func quantiles(values []float64) []float64 {
	if len(values) == 0 {
		return nil
	}
	slices.Sort(values)
	q := make([]float64, Quantiles)
	for i := range q {
		q[i] = values[(2*i+1)*len(values)/(2*Quantiles)]
	}
	return q
}

func shares(counts []int, most int) []float64 {
	s := make([]float64, most)
	for i := range s {
		for _, n := range counts {
			if n <= i+1 {
				s[i] += 1 / float64(len(counts))
			}
		}
	}
	return s
}

//go:embed testdata/cpython.json
var recorded []byte

// Recorded are the runs of CPython that were traced, by pattern.
func Recorded() (map[string][]Summary, error) {
	var all map[string][]Summary
	err := json.Unmarshal(recorded, &all)
	return all, err
}

// Distance is how far a run's waits and gaps are from others', pooled: the largest difference between shares of waits
// up to a length, where this may be off by a tenth of it and of the interval; and between shares of gaps.
func Distance(s Summary, others []Summary) (waits, gaps float64) {
	var pooled []float64
	for _, o := range others {
		pooled = append(pooled, o.Waits...)
	}
	sort.Float64s(pooled)
	waits = max(ahead(s.Waits, pooled), ahead(pooled, s.Waits))
	for i := range s.Gaps {
		mean := 0.0
		for _, o := range others {
			mean += o.Gaps[i] / float64(len(others))
		}
		gaps = max(gaps, s.Gaps[i]-mean, mean-s.Gaps[i])
	}
	return waits, gaps
}

// ahead is by how much at most more of sorted values are up to a length than others are up to a little more.
func ahead(sorted, others []float64) (most float64) {
	for _, x := range sorted {
		most = max(most, below(sorted, x)-below(others, 1.1*x+0.1))
	}
	return most
}

// below is the share of sorted values up to x.
func below(sorted []float64, x float64) float64 {
	return float64(sort.Search(len(sorted), func(i int) bool { return sorted[i] > x })) / float64(len(sorted))
}
