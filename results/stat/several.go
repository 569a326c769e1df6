package stat

import (
	"cmp"
	"slices"
)

// Holm adjusts p-values of several tests so that rejecting those at most α errs in any of them with
// probability at most α: in ascending order p'(i) = max over j ≤ i of (m−j+1)·p(j), at most 1
// (Holm 1979). The result is in the order of p.
func Holm(p []float64) []float64 {
	order := ascending(p)
	adjusted := make([]float64, len(p))
	highest := 0.0
	for rank, i := range order {
		highest = max(highest, min(1, float64(len(p)-rank)*p[i]))
		adjusted[i] = highest
	}
	return adjusted
}

// BenjaminiHochberg adjusts p-values of several tests so that among those rejected at most α, a share
// of α is expected to be rejected wrongly: in ascending order p'(i) = min over j ≥ i of m·p(j)/j
// (Benjamini & Hochberg, J. R. Stat. Soc. B 57, 1995). The result is in the order of p.
func BenjaminiHochberg(p []float64) []float64 {
	adjusted := make([]float64, len(p))
	lowest := 1.0
	for rank, i := range slices.Backward(ascending(p)) {
		lowest = min(lowest, float64(len(p))*p[i]/float64(rank+1))
		adjusted[i] = lowest
	}
	return adjusted
}

// ascending are the places of p's values from the smallest on.
func ascending(p []float64) []int {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	return order
}
