package analysis

import (
	"math"
	"slices"

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

// Equivalent judges "a ratio is 1 to within delta", a share: 1/(1+δ) to 1+δ, the same on either side.
func Equivalent(ratio results.Interval, delta float64) results.Outcome {
	return Within(ratio, 1/(1+delta), 1+delta)
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

// MoreBlocks estimates how many further blocks would settle an inconclusive interval that came from
// so many: its width falls as 1/√blocks, so for the bound to reach the threshold it straddles takes
// blocks·(half/distance)². It is false if no number would, the estimate lying on the threshold, or if
// the interval straddles none. Several thresholds: each that it straddles must be left.
func MoreBlocks(i results.Interval, blocks int, thresholds ...float64) (more int, ok bool) {
	if !i.Known() || blocks < 1 {
		return 0, false
	}
	need := 0.0
	for _, theta := range thresholds {
		if theta > i.Low && theta < i.High {
			half := i.High - i.Estimate
			if theta < i.Estimate {
				half = i.Estimate - i.Low
			}
			ratio := half / math.Abs(theta-i.Estimate)
			need = max(need, float64(blocks)*ratio*ratio)
		}
	}
	if need == 0 || need > math.MaxInt32 {
		return 0, false
	}
	return max(int(math.Ceil(need))-blocks, 1), true
}

// Settle says in a sentence what would settle an inconclusive interval, as MoreBlocks counts it.
func Settle(i results.Interval, blocks int, thresholds ...float64) text.Message {
	const hopeless = 1000
	switch more, ok := MoreBlocks(i, blocks, thresholds...); {
	case !ok || more > hopeless:
		return text.Of("No reasonable number of blocks would settle it: the estimate lies at the threshold.")
	case more == 1:
		return text.Of("About one more block would settle it.")
	default:
		return text.Of("About %d more blocks would settle it.", more)
	}
}
