package judge

import "github.com/workerlab/workerlab/results/stat"

// PrimarySlope is the slope of y on x through the origin, y's unit per x's, as the claim's primary
// effect: it notes the p-value of the slope being theta. It is unknown where there are too few runs.
func (j *Judging) PrimarySlope(x, y []float64, theta float64) stat.Interval {
	e, err := stat.Proportion(x, y)
	j.primary(theta, e, err)
	return j.Estimated(e, err)
}
