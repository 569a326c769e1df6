package des

import "math"

// Quantile is the t with P(|T| ≤ t) = confidence for Student's distribution with so many degrees of
// freedom: the factor of a two-sided interval.
//
// Note: gonum has it, and this package stays what a browser loads quickly.
func Quantile(confidence float64, freedom int) float64 {
	if confidence <= 0 {
		return 0
	}
	low, high := 0.0, 1.0
	for within(high, freedom) < confidence {
		low, high = high, 2*high
	}
	for range 200 {
		mid := (low + high) / 2
		if mid == low || mid == high {
			break
		}
		if within(mid, freedom) < confidence {
			low = mid
		} else {
			high = mid
		}
	}
	return (low + high) / 2
}

// within is P(|T| ≤ t), by the finite sums of Abramowitz and Stegun, 26.7.3 and 26.7.4.
func within(t float64, freedom int) float64 {
	angle := math.Atan2(t, math.Sqrt(float64(freedom)))
	sin, cos := math.Sincos(angle)
	if freedom%2 == 1 {
		sum, term := 0.0, cos
		for k := 1; k <= (freedom-1)/2; k++ {
			sum += term
			term *= cos * cos * float64(2*k) / float64(2*k+1)
		}
		return 2 / math.Pi * (angle + sin*sum)
	}
	sum, term := 0.0, 1.0
	for k := 0; k < freedom/2; k++ {
		sum += term
		term *= cos * cos * float64(2*k+1) / float64(2*k+2)
	}
	return sin * sum
}
