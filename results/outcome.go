package results

import (
	"math"
	"slices"

	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// AtLeast judges "it is at least theta": supported if the whole interval is, refuted if none of it.
func AtLeast(i stat.Interval, theta float64) Outcome { return Within(i, theta, math.Inf(1)) }

// Within judges "it lies between low and high": supported if the whole interval does, refuted if it
// lies wholly outside, else inconclusive. With low and high around "no effect" it is the test of
// equivalence: that an interval holds 1 proves nothing, that it lies inside ±δ does. Of an interval
// that is not known nothing follows.
func Within(i stat.Interval, low, high float64) Outcome {
	switch {
	case !i.Known():
		return Inconclusive
	case i.Low >= low && i.High <= high:
		return Supported
	case i.High < low || i.Low > high:
		return Refuted
	}
	return Inconclusive
}

// All joins the parts of a claim that needs every one of them: refuted by one, supported by all.
func All(parts ...Outcome) Outcome {
	switch {
	case slices.Contains(parts, Refuted):
		return Refuted
	case len(parts) > 0 && !slices.ContainsFunc(parts, func(o Outcome) bool { return o != Supported }):
		return Supported
	case slices.Contains(parts, Depends) && !slices.Contains(parts, Inconclusive):
		return Depends
	}
	return Inconclusive
}

// Strata joins the outcomes of strata declared before the run: where they agree, that; depends if
// it is supported in one and refuted in another; else inconclusive.
func Strata(strata ...Outcome) Outcome {
	some := func(o Outcome) bool { return slices.Contains(strata, o) }
	switch {
	case some(Depends), some(Supported) && some(Refuted):
		return Depends
	case len(strata) == 0, some(Inconclusive):
		return Inconclusive
	}
	return strata[0]
}

// Adjust pays for judging several claims at once: verdicts that rest on a p-value (P > 0) keep
// "supported" or "refuted" only if Holm's adjusted p is at most alpha, and become inconclusive
// otherwise, saying so. What P is not the p-value of (further parts of a claim, verdicts without P) is
// not covered. The argument is left as it is.
func Adjust(verdicts []Verdict, alpha float64) []Verdict {
	adjusted := slices.Clone(verdicts)
	var tested []int
	var p []float64
	for i, v := range verdicts {
		if v.P > 0 {
			tested = append(tested, i)
			p = append(p, v.P)
		}
	}
	for k, holm := range stat.Holm(p) {
		v := &adjusted[tested[k]]
		if holm <= alpha || v.Outcome == Inconclusive {
			continue
		}
		v.Why = text.Of("On its own it would be %s (p = %.2g), but not among %d claims judged at once (Holm's p = %.2g > %g). %s",
			v.Outcome, p[k], len(p), holm, alpha, v.Why)
		v.Outcome = Inconclusive
	}
	return adjusted
}
