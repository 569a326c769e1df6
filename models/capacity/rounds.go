package capacity

import (
	"math"
	"time"
)

// Together is the calibration of several rounds of the same runs: each run is their mean, and the work's drift
// from round to round says how well it is known.
func Together(rounds []Calibration) Calibration {
	c := rounds[0]
	c.Rounds = len(rounds)
	var squares, freedom float64
	mean := func(of func(Calibration) Run) Run {
		runs := make([]Run, len(rounds))
		for i, r := range rounds {
			runs[i] = of(r)
		}
		m := Mean(runs)
		for _, r := range runs {
			squares += math.Pow(r.CPU.Seconds()/max(m.CPU.Seconds(), 1e-9)-1, 2)
		}
		freedom += float64(len(runs) - 1)
		return m
	}
	c.Alone, c.Others = nil, nil
	for i := range rounds[0].Alone {
		c.Alone = append(c.Alone, mean(func(r Calibration) Run { return r.Alone[i] }))
	}
	for i := range rounds[0].Others {
		c.Others = append(c.Others, mean(func(r Calibration) Run { return r.Others[i] }))
	}
	c.One = mean(func(r Calibration) Run { return r.One })
	c.Full = mean(func(r Calibration) Run { return r.Full })
	c.Threads = mean(func(r Calibration) Run { return r.Threads })
	c.Open = mean(func(r Calibration) Run { return r.Open })
	if freedom > 0 {
		c.Drift = math.Sqrt(squares / freedom)
	}
	return c
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
	m.CPU, m.Generator = times(func(r Run) time.Duration { return r.CPU }), times(func(r Run) time.Duration { return r.Generator })
	m.Mean, m.P50 = times(func(r Run) time.Duration { return r.Mean }), times(func(r Run) time.Duration { return r.P50 })
	m.P95, m.P99 = times(func(r Run) time.Duration { return r.P95 }), times(func(r Run) time.Duration { return r.P99 })
	return m
}
