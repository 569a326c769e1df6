package stat

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// Worked by hand: differences of 1, 2 and 3 have the mean 2 and s² = 1, so that the 95 % interval is
// 2 ± 4.302653/√3 (Student, 2 degrees of freedom).
func TestDifferencesByHand(t *testing.T) {
	d, err := Difference([]float64{11, 22, 33}, []float64{10, 20, 30})
	if err != nil {
		t.Fatal(err)
	}
	i, err := d.Interval(0.95)
	if err != nil {
		t.Fatal(err)
	}
	half := 4.302653 / math.Sqrt(3)
	nearly(t, "mean", i.Estimate, 2, 1e-9)
	nearly(t, "low", i.Low, 2-half, 1e-5)
	nearly(t, "high", i.High, 2+half, 1e-5)
	if p, err := d.Test(i.Low); err != nil || math.Abs(p-0.05) > 1e-9 {
		t.Errorf("p at the bound of the 95 %% interval is %v (%v), want 0.05", p, err)
	}
}

// Figures of 1000 that agree by chance are not known better than to a thousandth each, however small
// what they differ by.
func TestDifferencesHaveAFloor(t *testing.T) {
	d, err := Difference([]float64{1001, 1001}, []float64{1000, 1000})
	if err != nil {
		t.Fatal(err)
	}
	i, err := d.Interval(0.95)
	if err != nil || !i.Holds(0) {
		t.Errorf("%+v (%v) excludes no difference", i, err)
	}
}

// The interval must hold the truth as often as it says, whatever the blocks' luck: 4000 fits of five
// blocks, seeded; three standard errors of a 95 % share are 1.1 %.
func TestDifferencesCover(t *testing.T) {
	random := rand.New(rand.NewPCG(13, 14))
	const fits, truth = 4000, 0.2
	held := 0
	for range fits {
		var a, b []float64
		for range 5 {
			luck := 1 + 0.3*random.NormFloat64()
			a = append(a, 1+truth+luck+0.1*random.NormFloat64())
			b = append(b, 1+luck+0.1*random.NormFloat64())
		}
		d, err := Difference(a, b)
		if err != nil {
			t.Fatal(err)
		}
		i, err := d.Interval(0.95)
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

func TestDifferencesRefuse(t *testing.T) {
	var few *FewError
	if _, err := Difference([]float64{1}, []float64{1}); !errors.As(err, &few) {
		t.Errorf("one block: %v", err)
	}
	for name, ab := range map[string][2][]float64{
		"unequal": {{1, 2}, {1}}, "not a number": {{1, math.NaN()}, {1, 2}},
	} {
		if _, err := Difference(ab[0], ab[1]); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
