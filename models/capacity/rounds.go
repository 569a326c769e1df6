package capacity

import (
	"math"
	"time"

	"github.com/workerlab/workerlab/results/stat"
)

// Together is the calibration of several rounds of the same runs: each run is their mean, and the work's drift
// from round to round says how well it is known.
func Together(rounds []Calibration) Calibration {
	c := rounds[0]
	c.Rounds = len(rounds)
	var d drift
	mean := func(of func(Calibration) Run) Run {
		runs := make([]Run, len(rounds))
		for i, r := range rounds {
			runs[i] = of(r)
		}
		d.add(runs)
		return Mean(runs)
	}
	c.Alone, c.Others, c.OthersOpen = nil, nil, nil
	for i := range rounds[0].Alone {
		c.Alone = append(c.Alone, mean(func(r Calibration) Run { return r.Alone[i] }))
	}
	for i := range rounds[0].Others {
		c.Others = append(c.Others, mean(func(r Calibration) Run { return r.Others[i] }))
	}
	for i := range rounds[0].OthersOpen {
		c.OthersOpen = append(c.OthersOpen, mean(func(r Calibration) Run { return r.OthersOpen[i] }))
	}
	c.One = mean(func(r Calibration) Run { return r.One })
	c.Full = mean(func(r Calibration) Run { return r.Full })
	c.Threads = mean(func(r Calibration) Run { return r.Threads })
	c.Open = mean(func(r Calibration) Run { return r.Open })
	c.ThreadsOpen = mean(func(r Calibration) Run { return r.ThreadsOpen })
	c.Elasticity = d.elasticity()
	c.Drift, c.Settled = d.deviation(0), d.deviation(c.Elasticity)
	return c
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

// Mean is the run whose figures are the means of those of like runs.
func Mean(runs []Run) Run {
	m := runs[0]
	m.Law = make([]float64, len(m.Law))
	n := float64(len(runs))
	times := func(of func(Run) time.Duration) time.Duration {
		sum := 0.0
		for _, r := range runs {
			sum += float64(of(r))
		}
		return time.Duration(sum / n)
	}
	m.Throughput, m.PSS = 0, 0
	pss := 0.0
	for _, r := range runs {
		m.Throughput += r.Throughput / n
		pss += float64(r.PSS) / n
		for i := range m.Law {
			if len(r.Law) == len(m.Law) {
				m.Law[i] += r.Law[i] / n
			}
		}
	}
	m.PSS = uint64(pss)
	m.Pace = times(func(r Run) time.Duration { return r.Pace })
	m.CPU, m.Generator = times(func(r Run) time.Duration { return r.CPU }), times(func(r Run) time.Duration { return r.Generator })
	m.Mean, m.P50 = times(func(r Run) time.Duration { return r.Mean }), times(func(r Run) time.Duration { return r.P50 })
	m.P95, m.P99 = times(func(r Run) time.Duration { return r.P95 }), times(func(r Run) time.Duration { return r.P99 })
	return m
}
