package stat

import (
	"math"
	"sort"
)

// minEffect is the smallest difference that is ever declared one, as a share.
const minEffect = 0.02

// Declared reports whether a ratio may be called a difference: its interval excludes 1, and it is
// further from 1 than max(2 %, noise), where noise is what identical cells differed by (see regress.Fit.Noise).
func Declared(ratio Interval, noise float64) bool {
	return ratio.Known() && !ratio.Holds(1) && distance(ratio.Estimate) > max(minEffect, noise)
}

func distance(ratio float64) float64 {
	if ratio <= 0 {
		return math.Inf(1)
	}
	return math.Expm1(math.Abs(math.Log(ratio)))
}

// manyFreedom stands for a variance that is known.
const manyFreedom = 1e6

// at is the degrees of freedom that n blocks of the same cells would have: those of a complete layout,
// (cells−1)·(blocks−1), are proportional to blocks − 1.
func (b Basis) at(n int) float64 {
	switch {
	case b.Method == Exact || b.Blocks < 2 && b.Freedom == 0:
		return manyFreedom // a count: its interval does not come from the scatter of blocks
	case b.Blocks < 2:
		return b.Freedom * float64(n)
	case b.Freedom == 0:
		return float64(n - 1)
	}
	return b.Freedom * float64(n-1) / float64(b.Blocks-1)
}

// hopeless is the number of added blocks that nobody would run.
const hopeless = 1000

// MoreBlocks estimates how many further blocks would settle an inconclusive interval, judged then with
// the confidence given: the least for which t(df(n))/√n has fallen so far that the bound reaches the
// threshold it straddles, the estimate and the scatter staying what they are. It is false if no
// reasonable number (of at most 1000) would, if the interval straddles none, or does not say how many blocks it
// rests on. Several thresholds: each that it straddles must be left.
func MoreBlocks(i Interval, confidence float64, thresholds ...float64) (more int, ok bool) {
	from := i.Basis
	if !i.Known() || from.Blocks < 1 || CheckConfidence(i.Confidence) != nil || CheckConfidence(confidence) != nil {
		return 0, false
	}
	now := StudentQuantile(from.at(from.Blocks), i.Confidence) / math.Sqrt(float64(from.Blocks))
	shrunk := math.Inf(1) // what has to be left of the half width
	for _, theta := range thresholds {
		if theta > i.Low && theta < i.High {
			half := i.High - i.Estimate
			if theta < i.Estimate {
				half = i.Estimate - i.Low
			}
			shrunk = min(shrunk, math.Abs(theta-i.Estimate)/half)
		}
	}
	if math.IsInf(shrunk, 1) {
		return 0, false
	}
	more = 1 + sort.Search(hopeless, func(k int) bool {
		n := from.Blocks + 1 + k
		return StudentQuantile(from.at(n), confidence)/math.Sqrt(float64(n)) <= now*shrunk
	})
	if more > hopeless {
		return 0, false
	}
	return more, true
}
