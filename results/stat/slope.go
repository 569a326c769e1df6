package stat

import (
	"math"

	"github.com/workerlab/workerlab/results/text"
)

// Slope estimates the slope of the straight line y = a + b·x, fitted by least squares, in y's unit per
// x's: b̂ ± t·s/√Σ(x−x̄)², n−2 degrees of freedom. Points of one block share its luck, so the runs should come
// from randomised blocks. It needs three points. s has a floor, see LeastVariance.
func Slope(x, y []float64) (Estimate, error) {
	if len(x) < 3 && len(x) == len(y) {
		return Estimate{}, &FewError{What: text.Of("a slope with an interval needs three runs"), Hint: "run another block"}
	}
	return line(x, y, Average(x), Average(y), len(x)-2)
}

// Proportion estimates b of y = b·x, a line through the origin, for effects that vanish with their
// cause: b̂ ± t·s/√Σx², n−1 degrees of freedom. It needs two points, else it is as Slope.
func Proportion(x, y []float64) (Estimate, error) {
	if len(x) < 2 && len(x) == len(y) {
		return Estimate{}, &FewError{What: text.Of("a proportion with an interval needs two runs"), Hint: "run another block"}
	}
	return line(x, y, 0, 0, len(x)-1)
}

// line is the least-squares slope of the line through the point (x0, y0).
func line(x, y []float64, x0, y0 float64, freedom int) (Estimate, error) {
	if len(x) != len(y) {
		return Estimate{}, Domain("%d x for %d y", len(x), len(y))
	}
	var xx, xy, rest float64
	for i := range x {
		if !Finite(x[i]) || !Finite(y[i]) {
			return Estimate{}, Domain("point %d is (%v, %v)", i, x[i], y[i])
		}
		xx += square(x[i] - x0)
		xy += (x[i] - x0) * (y[i] - y0)
	}
	if xx == 0 {
		return Estimate{}, Domain("all x are %v: there is no slope", x[0])
	}
	slope := xy / xx
	for i := range x {
		rest += square(y[i] - y0 - slope*(x[i]-x0))
	}
	return Estimate{
		Value: slope, Deviation: math.Sqrt(max(rest/float64(freedom), floor(y)) / xx),
		Freedom: float64(freedom), Values: len(x),
	}, nil
}
