package analysis

import (
	"cmp"
	"slices"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/text"
)

// Holm adjusts p-values of several tests so that rejecting those at most α errs in any of them with
// probability at most α: in ascending order p'(i) = max over j ≤ i of (m−j+1)·p(j), at most 1
// (Holm 1979). The result is in the order of p.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	adjusted := make([]float64, len(p))
	highest := 0.0
	for rank, i := range order {
		highest = max(highest, min(1, float64(len(p)-rank)*p[i]))
		adjusted[i] = highest
	}
	return adjusted
}

// Adjust pays for judging several claims at once: verdicts that rest on a p-value (P > 0) keep
// "supported" or "refuted" only if Holm's adjusted p is at most alpha, and become inconclusive
// otherwise, saying so. What P is not the p-value of (further parts of a claim, verdicts without P) is
// not covered. The argument is left as it is.
func Adjust(verdicts []results.Verdict, alpha float64) []results.Verdict {
	adjusted := slices.Clone(verdicts)
	var tested []int
	var p []float64
	for i, v := range verdicts {
		if v.P > 0 {
			tested = append(tested, i)
			p = append(p, v.P)
		}
	}
	for k, holm := range Holm(p) {
		v := &adjusted[tested[k]]
		if holm <= alpha || v.Outcome == results.Inconclusive {
			continue
		}
		v.Why = text.Of("On its own it would be %s (p = %.2g), but not among %d claims judged at once (Holm's p = %.2g > %g). %s",
			v.Outcome, p[k], len(p), holm, alpha, v.Why)
		v.Outcome = results.Inconclusive
	}
	return adjusted
}
