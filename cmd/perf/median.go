package main

import (
	"math"
	"slices"
)

// An estimate is a median over blocks with an interval that assumes nothing of their distribution.
type estimate struct {
	Median     float64 `json:"median"`
	Low        float64 `json:"low"`
	High       float64 `json:"high"`
	Confidence float64 `json:"confidence"` // exact, of [Low, High]
}

// estimateOf takes the order statistics that enclose the median of the population with at least 95 %
// confidence: a value lies below that median as a fair coin falls, so the number that do is binomial.
// Fewer than six values cannot reach 95 %; then the interval is their range, and Confidence says so.
func estimateOf(values []float64) estimate {
	if len(values) == 0 {
		return estimate{Median: math.NaN(), Low: math.NaN(), High: math.NaN()}
	}
	v := slices.Sorted(slices.Values(values))
	n := len(v)
	k := 0
	for k+1 < n-1-(k+1) && 2*atMost(k+1, n) <= 0.05 {
		k++
	}
	return estimate{
		Median:     (v[(n-1)/2] + v[n/2]) / 2,
		Low:        v[k],
		High:       v[n-1-k],
		Confidence: 1 - 2*atMost(k, n),
	}
}

// atMost is the probability that a fair coin falls heads at most k times of n.
func atMost(k, n int) float64 {
	sum, term := 0.0, math.Pow(0.5, float64(n))
	for i := 0; i <= k; i++ {
		sum += term
		term *= float64(n-i) / float64(i+1)
	}
	return min(sum, 0.5)
}

// slope is the least-squares slope of y on x.
func slope(x, y []float64) float64 {
	var mx, my, sxx, sxy float64
	n := float64(len(x))
	for i := range x {
		mx += x[i] / n
		my += y[i] / n
	}
	for i := range x {
		sxx += (x[i] - mx) * (x[i] - mx)
		sxy += (x[i] - mx) * (y[i] - my)
	}
	return sxy / sxx
}
