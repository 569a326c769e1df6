package analysis

import (
	"math"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/text"
)

// A Proportion is a fit of y = b·x, a line through the origin, by least squares: for effects that
// vanish with their cause.
type Proportion struct {
	slope, sd float64
	freedom   float64
}

// FitProportion fits the line. It needs two points, and one with x ≠ 0. Points of one block share its
// luck, so the runs should come from randomised blocks. The residual has a floor, see leastVariance.
func FitProportion(x, y []float64) (*Proportion, error) {
	if len(x) != len(y) {
		return nil, domain("%d x for %d y", len(x), len(y))
	}
	if len(x) < 2 {
		return nil, &FewError{What: text.Of("a proportion with an interval needs two runs"), Hint: "run another block"}
	}
	var xx, xy float64
	for i := range x {
		if !finite(x[i]) || !finite(y[i]) {
			return nil, domain("point %d is (%v, %v)", i, x[i], y[i])
		}
		xx += x[i] * x[i]
		xy += x[i] * y[i]
	}
	if xx == 0 {
		return nil, domain("all x are 0: there is no slope")
	}
	p := &Proportion{slope: xy / xx, freedom: float64(len(x) - 1)}
	var squares float64
	for i := range x {
		rest := y[i] - p.slope*x[i]
		squares += rest * rest
	}
	p.sd = math.Sqrt(max(squares/p.freedom, leastVariance*meanSquareOf(y)) / xx)
	return p, nil
}

// Slope returns b in y's unit per x's, with Student's interval b̂ ± t·s/√Σx², n−1 degrees of freedom.
func (p *Proportion) Slope(confidence float64) (results.Interval, error) {
	if err := checkConfidence(confidence); err != nil {
		return results.Interval{}, err
	}
	half := studentQuantile(p.freedom, confidence) * p.sd
	return results.Interval{Estimate: p.slope, Low: p.slope - half, High: p.slope + half, Confidence: confidence}, nil
}

// Test returns the two-sided p-value of the slope being theta.
func (p *Proportion) Test(theta float64) (float64, error) {
	if !finite(theta) {
		return 0, domain("the slope tested is %v", theta)
	}
	return tTest(p.slope-theta, p.sd, p.freedom), nil
}
