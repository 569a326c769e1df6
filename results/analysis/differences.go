package analysis

import (
	"math"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/text"
)

// Differences are what one cell's figure exceeds another's by, taken within each block, so that the
// block's luck is in neither: for claims of how much is added, in the figures' own unit. By what share,
// a Fit's Ratio says.
type Differences struct {
	mean, sd float64
	freedom  float64
}

// FitDifferences fits a[i] − b[i], figures of one block each. It needs two blocks. Each figure is taken to
// scatter by 0.1 % at least, see leastVariance: its size counts, not that of the difference.
func FitDifferences(a, b []float64) (*Differences, error) {
	if len(a) != len(b) {
		return nil, domain("%d figures less %d", len(a), len(b))
	}
	if len(a) < 2 {
		return nil, &FewError{What: text.Of("fewer than two blocks hold both runs of a difference"), Hint: "run another block"}
	}
	each := make([]float64, len(a))
	for i := range a {
		if !finite(a[i]) || !finite(b[i]) {
			return nil, domain("difference %d is %v less %v", i, a[i], b[i])
		}
		each[i] = a[i] - b[i]
	}
	d := &Differences{mean: mean(each), freedom: float64(len(each) - 1)}
	squares := 0.0
	for _, x := range each {
		squares += (x - d.mean) * (x - d.mean)
	}
	variance := max(squares/d.freedom, leastVariance*(meanSquareOf(a)+meanSquareOf(b)))
	d.sd = math.Sqrt(variance / float64(len(each)))
	return d, nil
}

// Mean returns the mean difference with Student's interval d̄ ± t·s/√n, n−1 degrees of freedom.
func (d *Differences) Mean(confidence float64) (results.Interval, error) {
	if err := checkConfidence(confidence); err != nil {
		return results.Interval{}, err
	}
	half := studentQuantile(d.freedom, confidence) * d.sd
	return results.Interval{Estimate: d.mean, Low: d.mean - half, High: d.mean + half, Confidence: confidence}, nil
}

// Test returns the two-sided p-value of the mean difference being theta.
func (d *Differences) Test(theta float64) (float64, error) {
	if !finite(theta) {
		return 0, domain("the difference tested is %v", theta)
	}
	return tTest(d.mean-theta, d.sd, d.freedom), nil
}
