package judge

import (
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
)

// PrimarySlope is the slope of y on x through the origin, y's unit per x's, as the claim's primary
// effect: it notes the p-value of the slope being theta. It is unknown where there are too few runs.
func (j *Judging) PrimarySlope(x, y []float64, theta float64) results.Interval {
	p, err := analysis.FitProportion(x, y)
	if err != nil {
		return j.Known(results.Interval{}, err)
	}
	slope := j.based(j.Known(p.Slope(j.Confidence)), j.Blocks(), len(x)-1)
	if at, err := p.Test(theta); err == nil && slope.Known() {
		j.primary(at, slope, theta)
	}
	return slope
}
