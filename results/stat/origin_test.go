package stat

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// Worked by hand: x = 1, 2, 3 and y = 2, 3, 7 give b = 29/14; the residuals −1/14, −16/14, 11/14 leave
// s² = 378/196/2, so that b's standard error is √(378/392/14) = 0.262446, and the 95 % interval is
// ± 4.302653 of it (Student, 2 degrees of freedom).
func TestProportionByHand(t *testing.T) {
	p, err := Proportion([]float64{1, 2, 3}, []float64{2, 3, 7})
	if err != nil {
		t.Fatal(err)
	}
	i, err := p.Interval(0.95)
	if err != nil {
		t.Fatal(err)
	}
	half := 4.302653 * math.Sqrt(378.0/392/14)
	for name, pair := range map[string][2]float64{
		"slope": {i.Estimate, 29.0 / 14}, "low": {i.Low, 29.0/14 - half}, "high": {i.High, 29.0/14 + half},
	} {
		if math.Abs(pair[0]-pair[1]) > 1e-5 {
			t.Errorf("%s %v, want %v", name, pair[0], pair[1])
		}
	}
	at, err := p.Test(i.Low)
	if err != nil || math.Abs(at-0.05) > 1e-9 {
		t.Errorf("p at the bound of the 95 %% interval is %v (%v), want 0.05", at, err)
	}
}

// The interval must hold the truth as often as it says: 4000 fits of 12 points, seeded; three standard
// errors of a 95 % share are 1.1 %.
func TestProportionCovers(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 12))
	const fits, truth = 4000, 1.7
	held := 0
	for range fits {
		var x, y []float64
		for k := range 12 {
			x = append(x, float64(k%4)*5)
			y = append(y, truth*x[k]+random.NormFloat64())
		}
		p, err := Proportion(x, y)
		if err != nil {
			t.Fatal(err)
		}
		i, err := p.Interval(0.95)
		if err != nil {
			t.Fatal(err)
		}
		if i.Holds(truth) {
			held++
		}
	}
	if share := float64(held) / fits; math.Abs(share-0.95) > 0.011 {
		t.Errorf("the 95 %% interval held the truth in %.1f %% of fits", 100*share)
	}
}

func TestProportionRefuses(t *testing.T) {
	var few *FewError
	if _, err := Proportion([]float64{1}, []float64{1}); !errors.As(err, &few) {
		t.Errorf("one point: %v", err)
	}
	for name, xy := range map[string][2][]float64{
		"unequal": {{1, 2}, {1}}, "no x": {{0, 0}, {1, 2}}, "not a number": {{1, 2}, {1, math.NaN()}},
	} {
		if _, err := Proportion(xy[0], xy[1]); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
