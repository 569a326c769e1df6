package judge

import (
	"math"
	"slices"
	"testing"
)

// A queue beyond its capacity answers after +Inf, which cannot be drawn.
func TestTheoryEndsWhereItIsNotFinite(t *testing.T) {
	s := Theory("queue", "measured", []float64{0, 1, 2, 3, 4}, func(x float64) float64 {
		return []float64{math.NaN(), 1, 3, math.Inf(1), math.Inf(-1)}[int(x)]
	})
	if !slices.Equal(s.X, []float64{1, 2}) || len(s.Y) != 2 || s.Y[1].Estimate != 3 {
		t.Errorf("%+v", s)
	}
}
