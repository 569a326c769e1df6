package stat

import (
	"math"

	"github.com/workerlab/workerlab/results/text"
)

// Average is the arithmetic mean; NaN of nothing.
func Average(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// Squares is the sum of the squared distances from the mean.
func Squares(values []float64) float64 {
	m, sum := Average(values), 0.0
	for _, v := range values {
		sum += square(v - m)
	}
	return sum
}

// LeastVariance is the square of the least relative standard deviation, 0.1 %, that a run's figure is
// taken to have, however well runs agree: they do by rounding (a window holds 80 requests or 81, memory
// comes in pages) or by chance, and an interval without width would then prove anything. On logarithms
// it is the floor of the residual itself, elsewhere it is times the figures' mean square.
//
// Of figures in steps much coarser than 0.1 %, see MeanOn.
const LeastVariance = 1e-3 * 1e-3

// floor is the least variance of figures: LeastVariance times the mean of their squares.
func floor(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v * v
	}
	return LeastVariance * sum / float64(len(values))
}

// Mean returns the arithmetic mean with Student's interval x̄ ± t·s/√n, in the values' unit. It is
// for figures that may be zero, one value a run; others are better compared as ratios by regress.FitBlocks.
// s has a floor, see LeastVariance; where figures come in coarser steps, see MeanOn.
func Mean(values []float64, confidence float64) (Interval, error) {
	return MeanOn(values, 0, confidence)
}

// MeanOn is Mean of figures that were read to the nearest multiple of the resolution, in their unit.
// Rounding alone scatters by resolution/√12, so that s is not taken to be less; and where it errs in
// all runs alike more runs do not help, so that the interval is ± resolution/2 at least: figures that
// agree because they were rounded prove nothing below that.
func MeanOn(values []float64, resolution, confidence float64) (Interval, error) {
	if !(resolution >= 0) || !Finite(resolution) {
		return Interval{}, Domain("a resolution of %v", resolution)
	}
	n := float64(len(values))
	if n < 2 {
		return Interval{}, &FewError{What: text.Of("fewer than two runs have no interval"), Hint: "run another block"}
	}
	for _, v := range values {
		if !Finite(v) {
			return Interval{}, Domain("a value is %v", v)
		}
	}
	variance := max(Squares(values)/(n-1), floor(values), resolution*resolution/12)
	i, err := Estimate{Value: Average(values), Deviation: math.Sqrt(variance / n), Freedom: n - 1, Values: len(values)}.Interval(confidence)
	if err != nil {
		return Interval{}, err
	}
	if half := resolution / 2; i.Half() < half {
		i.Low, i.High = i.Estimate-half, i.Estimate+half
	}
	return i, nil
}

// Replicated returns the mean of independent replications of a simulation with Student's interval. Nothing in it
// was rounded or read off, so that s has no floor. One value has an infinite interval; of none it is unknown.
func Replicated(values []float64, confidence float64) Interval {
	n := float64(len(values))
	e := Estimate{Value: Average(values), Deviation: math.Sqrt(Squares(values) / (n - 1) / n), Freedom: n - 1, Values: len(values)}
	switch len(values) {
	case 0:
		return Unknown()
	case 1:
		return Interval{Estimate: e.Value, Low: math.Inf(-1), High: math.Inf(1), Confidence: confidence, Basis: Basis{Method: Student, Values: 1}}
	}
	i, err := e.Interval(confidence)
	if err != nil {
		return Unknown()
	}
	return i
}

// Difference estimates by how much the figures a exceed the figures b, a[i] and b[i] being of one block, so that the
// block's luck is in neither: d̄ ± t·s/√n, for claims of how much is added, in the figures' own unit. By what share,
// regress.Fit.Ratio says. It needs two blocks. Each figure is taken to scatter by 0.1 % at least, see
// LeastVariance: its size counts, not that of the difference.
func Difference(a, b []float64) (Estimate, error) {
	if len(a) != len(b) {
		return Estimate{}, Domain("%d figures less %d", len(a), len(b))
	}
	if len(a) < 2 {
		return Estimate{}, &FewError{What: text.Of("fewer than two blocks hold both runs of a difference"), Hint: "run another block"}
	}
	each := make([]float64, len(a))
	for i := range a {
		if !Finite(a[i]) || !Finite(b[i]) {
			return Estimate{}, Domain("difference %d is %v less %v", i, a[i], b[i])
		}
		each[i] = a[i] - b[i]
	}
	n := float64(len(each))
	variance := max(Squares(each)/(n-1), floor(a)+floor(b))
	return Estimate{Value: Average(each), Deviation: math.Sqrt(variance / n), Freedom: n - 1, Values: len(each), Blocks: len(each)}, nil
}
