package main

import (
	"math"
	"slices"

	"golang.org/x/perf/benchmath"

	"github.com/workerlab/workerlab/results/stat"
)

// middle is the median over blocks with the order statistics that enclose that of the population with at least
// 95 %, which assumes nothing of their distribution. Fewer than six values cannot reach that; then the interval is
// their range, and Confidence says what that holds.
func middle(values []float64) stat.Interval {
	if len(values) == 0 {
		return stat.Unknown()
	}
	s := benchmath.AssumeNothing.Summary(benchmath.NewSample(slices.Clone(values), &benchmath.DefaultThresholds), 0.95)
	i := stat.Interval{Estimate: s.Center, Low: s.Lo, High: s.Hi, Confidence: s.Confidence, Basis: stat.Basis{Method: stat.Order, Values: len(values)}}
	if math.IsInf(s.Lo, -1) {
		i.Low, i.High, i.Confidence = slices.Min(values), slices.Max(values), 1-math.Pow(0.5, float64(len(values)-1))
	}
	return i
}
