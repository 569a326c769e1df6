package judge

import (
	"time"

	"github.com/workerlab/workerlab/results/stat"
)

// Beside is the mean of a figure that stands beside the verdict, one value a run. Of a single run it
// is the estimate without an interval, of none it is unknown; neither is noted as lacking, because
// the outcome does not rest on it.
func (j *Judging) Beside(values []float64) stat.Interval { return mean(values, j.Confidence) }

// mean is the mean of one value a run, without an interval where there are too few for one.
func mean(values []float64, confidence float64) stat.Interval {
	i, err := stat.Mean(values, confidence)
	if err != nil {
		i = stat.Interval{Estimate: stat.Average(values)}
	}
	return i
}

// Seconds is a time of so many seconds.
func Seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
