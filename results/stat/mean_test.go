package stat

import (
	"math"
	"testing"
)

// By hand: rounded to tenths, 0.8 and 0.8 and 0.8 have s = 0.1/√12 and t(0.975; 2) = 4.302653, which is
// 0.0717; of a hundred such values t·s/√n is 0.0057, but all may err by 0.05 in the same direction.
func TestMeanOnSteps(t *testing.T) {
	hundred := make([]float64, 100)
	for i := range hundred {
		hundred[i] = 0.8
	}
	for name, c := range map[string]struct {
		values []float64
		step   float64
		half   float64
	}{
		"few that agree":    {hundred[:3], 0.1, 0.071711},
		"many that agree":   {hundred, 0.1, 0.05},
		"zeros":             {make([]float64, 3), 0.1, 0.071711},
		"scatter of itself": {[]float64{0, 1, 2}, 0.1, 4.302653 / math.Sqrt(3)},
	} {
		got, err := MeanOn(c.values, c.step, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		nearly(t, name+", upwards", got.High-got.Estimate, c.half, 1e-5)
		nearly(t, name+", downwards", got.Estimate-got.Low, c.half, 1e-5)
	}
	for _, step := range []float64{-1, math.NaN(), math.Inf(1)} {
		if _, err := MeanOn(hundred, step, 0.95); err == nil {
			t.Errorf("a resolution of %v was accepted", step)
		}
	}
}
