package analysis

import (
	"math"
	"slices"
	"sort"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/text"
)

// AtLeast judges "it is at least theta": supported if the whole interval is, refuted if none of it.
func AtLeast(i results.Interval, theta float64) results.Outcome {
	return Within(i, theta, math.Inf(1))
}

// AtMost judges "it is at most theta": supported if the whole interval is, refuted if none of it.
func AtMost(i results.Interval, theta float64) results.Outcome {
	return Within(i, math.Inf(-1), theta)
}

// Within judges "it lies between low and high": supported if the whole interval does, refuted if it
// lies wholly outside, else inconclusive. With low and high around "no effect" it is the test of
// equivalence: that an interval holds 1 proves nothing, that it lies inside ±δ does. Of an interval
// that is not known nothing follows.
func Within(i results.Interval, low, high float64) results.Outcome {
	switch {
	case !i.Known():
		return results.Inconclusive
	case i.Low >= low && i.High <= high:
		return results.Supported
	case i.High < low || i.Low > high:
		return results.Refuted
	}
	return results.Inconclusive
}

// All joins the parts of a claim that needs every one of them: refuted by one, supported by all.
func All(parts ...results.Outcome) results.Outcome {
	switch {
	case slices.Contains(parts, results.Refuted):
		return results.Refuted
	case len(parts) > 0 && !slices.ContainsFunc(parts, func(o results.Outcome) bool { return o != results.Supported }):
		return results.Supported
	case slices.Contains(parts, results.Depends) && !slices.Contains(parts, results.Inconclusive):
		return results.Depends
	}
	return results.Inconclusive
}

// Strata joins the outcomes of strata declared before the run: where they agree, that; depends if
// it is supported in one and refuted in another; else inconclusive.
func Strata(strata ...results.Outcome) results.Outcome {
	some := func(o results.Outcome) bool { return slices.Contains(strata, o) }
	switch {
	case some(results.Depends), some(results.Supported) && some(results.Refuted):
		return results.Depends
	case len(strata) == 0, some(results.Inconclusive):
		return results.Inconclusive
	}
	return strata[0]
}

// minEffect is the smallest difference that is ever declared one, as a share.
const minEffect = 0.02

// Declared reports whether a ratio may be called a difference: its interval excludes 1, and it is
// further from 1 than max(2 %, noise), where noise is what identical cells differed by (see Control).
func Declared(ratio results.Interval, noise float64) bool {
	return ratio.Known() && !ratio.Holds(1) && distance(ratio.Estimate) > max(minEffect, noise)
}

// Control returns by what share the cells of an A/A control differed: 0.03 says 3 %, whichever was
// larger. They are identical, so that this is noise.
func Control(f *Fit, a, b string) (float64, error) {
	estimate, _, err := f.contrast(a, b)
	if err != nil {
		return 0, err
	}
	return math.Expm1(math.Abs(estimate)), nil
}

func distance(ratio float64) float64 {
	if ratio <= 0 {
		return math.Inf(1)
	}
	return math.Expm1(math.Abs(math.Log(ratio)))
}

// A Basis is what an interval rests on.
type Basis struct {
	Blocks  int
	Freedom float64 // of the residual, which grows with the blocks; zero: Blocks − 1
}

// at is the degrees of freedom that n blocks of the same cells would have: those of a complete layout,
// (cells−1)·(blocks−1), are proportional to blocks − 1.
func (b Basis) at(n int) float64 {
	switch {
	case b.Blocks < 2 && b.Freedom == 0:
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
// reasonable number (of at most 1000) would, or if the interval straddles none. Several thresholds: each
// that it straddles must be left.
func MoreBlocks(i results.Interval, from Basis, confidence float64, thresholds ...float64) (more int, ok bool) {
	if !i.Known() || from.Blocks < 1 || checkConfidence(i.Confidence) != nil || checkConfidence(confidence) != nil {
		return 0, false
	}
	now := studentQuantile(from.at(from.Blocks), i.Confidence) / math.Sqrt(float64(from.Blocks))
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
		return studentQuantile(from.at(n), confidence)/math.Sqrt(float64(n)) <= now*shrunk
	})
	if more > hopeless {
		return 0, false
	}
	return more, true
}

// Settle says in a sentence what would settle an inconclusive interval, so many blocks by MoreBlocks,
// 0 where it knows no number.
func Settle(more int) text.Message {
	switch more {
	case 0:
		return text.Of("No reasonable number of blocks would settle it: the estimate lies at the threshold.")
	case 1:
		return text.Of("About one more block would settle it.")
	default:
		return text.Of("About %d more blocks would settle it.", more)
	}
}
