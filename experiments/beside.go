package experiments

import (
	"math"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
)

// Beside is the mean of a figure that stands beside the verdict, one value a run. Of a single run it
// is the estimate without an interval, of none it is unknown; neither is noted as lacking, because
// the outcome does not rest on it.
func (j *Judging) Beside(values []float64) results.Interval {
	if len(values) == 0 {
		return results.Interval{Estimate: math.NaN()}
	}
	mean, err := analysis.Mean(values, j.Confidence)
	if err != nil {
		mean = results.Interval{Estimate: average(values)}
	}
	return mean
}

func average(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
