package main

import (
	"math"
	"testing"

	"github.com/workerlab/workerlab/results/stat"
)

// The confidences are those of the sign test's tables, 1 − 2·P(Bin(n, ½) ≤ k): e.g. Conover, Practical
// Nonparametric Statistics, §3.2.
func TestMiddle(t *testing.T) {
	tests := []struct {
		name   string
		values []float64
		want   stat.Interval
	}{
		{"one value", []float64{3}, stat.Interval{Estimate: 3, Low: 3, High: 3, Confidence: 0}},
		{"too few for 95 %: their range", []float64{4, 1, 2}, stat.Interval{Estimate: 2, Low: 1, High: 4, Confidence: 0.75}},
		{"six: their range", []float64{6, 1, 2, 3, 4, 5}, stat.Interval{Estimate: 3.5, Low: 1, High: 6, Confidence: 0.96875}},
		{"seven: their range", []float64{7, 6, 5, 4, 3, 2, 1}, stat.Interval{Estimate: 4, Low: 1, High: 7, Confidence: 0.984375}},
		{"nine: without the extremes", []float64{1, 2, 3, 4, 5, 6, 7, 8, 9}, stat.Interval{Estimate: 5, Low: 2, High: 8, Confidence: 0.9609375}},
		{"twelve", []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, stat.Interval{Estimate: 6.5, Low: 3, High: 10, Confidence: 0.96142578125}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := middle(tt.values)
			if got.Estimate != tt.want.Estimate || got.Low != tt.want.Low || got.High != tt.want.High {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
			if math.Abs(got.Confidence-tt.want.Confidence) > 1e-12 {
				t.Errorf("confidence %v, want %v", got.Confidence, tt.want.Confidence)
			}
		})
	}
}

func TestMiddleOfNothingIsNoNumber(t *testing.T) {
	if e := middle(nil); !math.IsNaN(e.Estimate) {
		t.Errorf("got %+v", e)
	}
}
