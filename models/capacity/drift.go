package capacity

import (
	"math"

	"github.com/workerlab/workerlab/results/stat"
)

// drift is that of the calibration's rounds.
func (c Calibration) drift() (d drift) {
	for _, like := range c.groups() {
		d.add(like)
	}
	return d
}

// A drift is how the work of like runs differs from round to round, and the machine's pace with it: logarithms, less
// their mean in like runs.
type drift struct {
	work, pace []float64
	freedom    int
}

// add has like runs; those that were not made tell nothing.
func (d *drift) add(runs []Run) {
	if runs[0].CPU <= 0 {
		return
	}
	var work, pace []float64
	for _, r := range runs {
		work = append(work, math.Log(max(r.CPU.Seconds(), 1e-9)))
		pace = append(pace, math.Log(max(r.Pace.Seconds(), 1e-9)))
	}
	w, p := stat.Average(work), stat.Average(pace)
	for i := range runs {
		d.work, d.pace = append(d.work, work[i]-w), append(d.pace, pace[i]-p)
	}
	d.freedom += len(runs) - 1
}

// elasticity is by how much of a change of the pace the work changes: the slope of a line through all, drawn to
// what is usual where they are few (ridge regression).
func (d *drift) elasticity() float64 {
	const usual, weight = 0.7, 0.03 // deviation of the work 5 %, of the elasticity from deployment to deployment 0.3
	both, squares := weight*usual, weight
	for i := range d.work {
		both += d.pace[i] * d.work[i]
		squares += d.pace[i] * d.pace[i]
	}
	return max(0, both/squares)
}

// deviation is the standard deviation of the work that a pace of that elasticity does not explain; 0 of one round.
func (d *drift) deviation(elasticity float64) float64 {
	if d.freedom == 0 {
		return 0
	}
	squares := 0.0
	for i := range d.work {
		squares += math.Pow(d.work[i]-elasticity*d.pace[i], 2)
	}
	return math.Sqrt(squares / float64(d.freedom))
}
