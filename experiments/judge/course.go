package judge

import (
	"math"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

// Course is the throughput in the course of the window, in requests/s, as steps of so many seconds
// that count from the moment zero: the mean of the valid runs that have a timeline. Steps that the
// timelines do not fill are left out.
func Course(name string, t results.Table, step, zero float64) chart.Series {
	s := chart.Series{Name: name, Kind: chart.Steps}
	var sums []float64
	runs := 0
	for _, r := range t.Valid() {
		if r.Timeline == nil || r.Timeline.Step <= 0 {
			continue
		}
		runs++
		for i, n := range rates(r.Timeline, step) {
			if i == len(sums) {
				sums = append(sums, 0)
			}
			sums[i] += n
		}
	}
	for i, sum := range sums {
		s.X = append(s.X, float64(i)*step-zero)
		s.Y = append(s.Y, stat.Interval{Estimate: sum / float64(runs)})
	}
	return s
}

// rates sums a timeline up into longer steps, as requests/s.
func rates(t *results.Timeline, step float64) []float64 {
	per := max(1, int(math.Round(step/t.Step)))
	var all []float64
	for i := 0; i+per <= len(t.Answered); i += per {
		sum := uint64(0)
		for _, n := range t.Answered[i : i+per] {
			sum += n
		}
		all = append(all, float64(sum)/(float64(per)*t.Step))
	}
	return all
}
