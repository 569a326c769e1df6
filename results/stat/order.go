package stat

import (
	"math"
	"slices"
)

// Quantile is the q quantile of values in any order, q from 0 to 1, linear between the order statistics: the place
// 1 + (n−1)·q among them (Hyndman & Fan, The American Statistician 50 (1996), definition 7). NaN of nothing.
// Of the requests of a run a histogram tells it; see Told.
func Quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	place := q * float64(len(sorted)-1)
	below := int(place)
	above := min(below+1, len(sorted)-1)
	return sorted[below] + (place-float64(below))*(sorted[above]-sorted[below])
}

// Median is the middle of the values, or the mean of the two in the middle; NaN of nothing.
func Median(values []float64) float64 { return Quantile(values, 0.5) }

// MinBeyond is how many requests must lie beyond a quantile for it to be told: at 20 its rank is known to within a
// quarter.
const MinBeyond = 20

// Told reports whether enough of n requests lie beyond their q quantile for it to be told.
func Told(n int64, q float64) bool {
	const rounding = 1e-6 // 2000 × (1 − 0.99) is a little more or less than 20
	return float64(n)*(1-q) >= MinBeyond-rounding
}

// MedianInterval is the median with the order statistics that enclose that of the population, with at least the
// confidence asked for, and assumes nothing of the distribution: a value lies below the median as a fair coin falls,
// so that the number that do is binomial. The interval's Confidence is what it has; of few values it is their whole
// range and has less than was asked for: fewer than six cannot reach 95 %.
func MedianInterval(values []float64, confidence float64) Interval {
	n := len(values)
	if n == 0 {
		return Unknown()
	}
	sorted := slices.Sorted(slices.Values(values))
	k := 0
	for k+1 < n-1-(k+1) && 2*atMost(k+1, n) <= 1-confidence {
		k++
	}
	return Interval{
		Estimate: Median(sorted), Low: sorted[k], High: sorted[n-1-k], Confidence: 1 - 2*atMost(k, n),
		Basis: Basis{Method: Order, Values: n},
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

// Spread is the median of values and the quantiles that hold a new one with the given confidence: an interval of
// what comes, not of what is true.
func Spread(values []float64, confidence float64) Interval {
	return Interval{
		Estimate: Median(values), Low: Quantile(values, (1-confidence)/2), High: Quantile(values, (1+confidence)/2),
		Confidence: confidence, Basis: Basis{Method: Predictive, Values: len(values)},
	}
}
