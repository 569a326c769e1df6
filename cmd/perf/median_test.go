package main

import (
	"math"
	"testing"
)

// The confidences are those of the sign test's tables, 1 − 2·P(Bin(n, ½) ≤ k): e.g. Conover, Practical
// Nonparametric Statistics, §3.2.
func TestEstimateOf(t *testing.T) {
	tests := []struct {
		name   string
		values []float64
		want   estimate
	}{
		{"one value", []float64{3}, estimate{3, 3, 3, 0}},
		{"too few for 95 %: their range", []float64{4, 1, 2}, estimate{2, 1, 4, 0.75}},
		{"six: their range", []float64{6, 1, 2, 3, 4, 5}, estimate{3.5, 1, 6, 0.96875}},
		{"seven: their range", []float64{7, 6, 5, 4, 3, 2, 1}, estimate{4, 1, 7, 0.984375}},
		{"nine: without the extremes", []float64{1, 2, 3, 4, 5, 6, 7, 8, 9}, estimate{5, 2, 8, 0.9609375}},
		{"twelve", []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, estimate{6.5, 3, 10, 0.96142578125}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := estimateOf(tt.values)
			if got.Median != tt.want.Median || got.Low != tt.want.Low || got.High != tt.want.High {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
			if math.Abs(got.Confidence-tt.want.Confidence) > 1e-12 {
				t.Errorf("confidence %v, want %v", got.Confidence, tt.want.Confidence)
			}
		})
	}
}

func TestEstimateOfNothingIsNoNumber(t *testing.T) {
	if e := estimateOf(nil); !math.IsNaN(e.Median) {
		t.Errorf("got %+v", e)
	}
}

func TestSlope(t *testing.T) {
	x, y := []float64{0, 2000, 4000, 6000}, make([]float64, 4)
	for i := range x {
		y[i] = 5e6 + 5900*x[i]
	}
	if got := slope(x, y); math.Abs(got-5900) > 1e-6 {
		t.Errorf("got %v, want 5900", got)
	}
}
