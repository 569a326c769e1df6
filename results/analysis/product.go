package analysis

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/workerlab/workerlab/results"
)

// Product returns the product of the levels of cells, each raised to a power, with its t interval, the
// blocks' luck removed: a ratio of ratios, a level over a geometric mean of levels. The powers must sum to
// 0, so that the result is dimensionless and no block's luck is left in it. Ratio is the product of two.
func (f *Fit) Product(powers map[string]float64, confidence float64) (results.Interval, error) {
	if err := checkConfidence(confidence); err != nil {
		return results.Interval{}, err
	}
	weights := mat.NewVecDense(f.beta.Len(), nil)
	for cell, power := range powers {
		i, known := f.column[cell]
		if !known {
			return results.Interval{}, f.unknown(cell)
		}
		weights.SetVec(i, power)
	}
	if sum := mat.Sum(weights); !(math.Abs(sum) < 1e-9) {
		return results.Interval{}, domain("the powers sum to %v, not 0", sum)
	}
	sd := math.Sqrt(f.residual * mat.Inner(weights, f.inverse, weights))
	return logInterval(mat.Dot(weights, f.beta), sd, float64(f.freedom), confidence), nil
}
