package stat

import (
	"math"
	"slices"
)

// A Number is what has quantiles: figures, counts, times.
type Number interface {
	~int | ~int64 | ~uint64 | ~float64
}

// Quantile is the q quantile of values in any order, q from 0 to 1, linear between the order statistics: the place
// 1 + (n−1)·q among them (Hyndman & Fan, The American Statistician 50 (1996), definition 7). NaN of nothing.
// Of the requests of a run a histogram tells it; see Told.
func Quantile[T Number](values []T, q float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	place := q * float64(len(sorted)-1)
	below := int(place)
	low, high := float64(sorted[below]), float64(sorted[min(below+1, len(sorted)-1)])
	return low + (place-float64(below))*(high-low)
}

// Median is the middle of the values, or the mean of the two in the middle; NaN of nothing.
func Median[T Number](values []T) float64 { return Quantile(values, 0.5) }

// MinBeyond is how many requests must lie beyond a quantile for it to be told: at 20 its rank is known to within a
// quarter.
const MinBeyond = 20

// Told reports whether enough of n requests lie beyond their q quantile for it to be told.
func Told(n int64, q float64) bool {
	const rounding = 1e-6 // 2000 × (1 − 0.99) is a little more or less than 20
	return float64(n)*(1-q) >= MinBeyond-rounding
}

// Spread is the median of values and the quantiles that hold a new one with the given confidence: an interval of
// what comes, not of what is true.
func Spread(values []float64, confidence float64) Interval {
	return Interval{
		Estimate: Median(values), Low: Quantile(values, (1-confidence)/2), High: Quantile(values, (1+confidence)/2),
		Confidence: confidence, Basis: Basis{Method: Predictive, Values: len(values)},
	}
}
