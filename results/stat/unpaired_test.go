package stat

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// Student's test of two samples whose logarithms are ln 100 and ln 110, −0.1, +0 and +0.1, by hand.
func TestUnpairedByHand(t *testing.T) {
	sample := func(center float64) []float64 {
		return []float64{center * math.Exp(-0.1), center, center * math.Exp(0.1)}
	}
	fits, err := Unpaired([]Pair{{sample(100), sample(110)}})
	if err != nil {
		t.Fatal(err)
	}
	// s² = 0.01 with 4 degrees of freedom, sd = 0.1·√(2/3); t(0.975; 4) = 2.7764 (any table).
	i, err := fits[0].Interval(0.95)
	if err != nil {
		t.Fatal(err)
	}
	half := 2.776445 * 0.1 * math.Sqrt(2.0/3)
	nearly(t, "ratio", i.Estimate, 1.1, 1e-9)
	nearly(t, "low", math.Log(i.Low), math.Log(1.1)-half, 1e-5)
	nearly(t, "high", math.Log(i.High), math.Log(1.1)+half, 1e-5)
	nearly(t, "A", GeometricMean(sample(100)), 100, 1e-9)
	// t = ln 1.1/0.08165 = 1.1673 on 4 degrees of freedom: p = 0.3079.
	p, err := fits[0].Test(1)
	if err != nil {
		t.Fatal(err)
	}
	nearly(t, "p", p, 0.3079, 5e-4)
}

func TestUnpairedErrors(t *testing.T) {
	var few *FewError
	var bad *DomainError
	if _, err := Unpaired([]Pair{{[]float64{1}, []float64{1, 2}}}); !errors.As(err, &few) {
		t.Errorf("one run: %v", err)
	}
	if _, err := Unpaired([]Pair{{[]float64{1, 2}, []float64{1, 0}}}); !errors.As(err, &bad) {
		t.Errorf("zero: %v", err)
	}
	fits, err := Unpaired([]Pair{{[]float64{5, 5}, []float64{5, 5}}})
	if err != nil {
		t.Fatal(err)
	}
	if p, err := fits[0].Test(1); err != nil || p != 1 {
		t.Errorf("equal samples: %v, %v", p, err)
	}
	if _, err := fits[0].Interval(1); !errors.As(err, &bad) {
		t.Errorf("confidence 1: %v", err)
	}
}

// Equal variances are recognised as equal, different ones are left alone, and what lies between is
// drawn in proportion: the prior's freedom is about that of the distribution the variances came from.
func TestModerate(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	draw := func(prior float64) []variance {
		own := make([]variance, 400)
		for i := range own {
			truth := 4e-4
			if !math.IsInf(prior, 1) {
				truth *= prior / chiSquared(rng, prior)
			}
			own[i] = variance{truth * chiSquared(rng, 4) / 4, 4}
		}
		return own
	}
	for _, test := range []struct { // in one order, or the seed means nothing
		prior float64
		band  [2]float64
	}{
		{math.Inf(1), [2]float64{60, manyFreedom}},
		{8, [2]float64{5, 13}},
		{2, [2]float64{1.4, 2.8}},
	} {
		prior, band := test.prior, test.band
		got := commonVariance(draw(prior))
		if got.freedom < band[0] || got.freedom > band[1] {
			t.Errorf("prior of %g degrees of freedom: estimated %g, want %v", prior, got.freedom, band)
		}
		if got.value < 2.5e-4 || got.value > 6e-4 {
			t.Errorf("prior of %g degrees of freedom: common variance %g, want 4e-4", prior, got.value)
		}
	}
	own := draw(8)
	for i, v := range moderate(own) {
		if v.value < own[i].value || v.freedom < own[i].freedom {
			t.Errorf("%v was drawn to %v", own[i], v)
		}
	}
	few := own[:4]
	for i, v := range moderate(few) {
		if v != few[i] {
			t.Error("four variances were drawn together")
		}
	}
}

func chiSquared(rng *rand.Rand, freedom float64) float64 {
	sum := 0.0
	for range int(freedom) {
		z := rng.NormFloat64()
		sum += z * z
	}
	return sum
}

// ψ′(1) = π²/6, ψ′(1/2) = π²/2 (Abramowitz & Stegun 6.4.2, 6.4.4).
func TestTrigamma(t *testing.T) {
	nearly(t, "ψ′(1)", trigamma(1), math.Pi*math.Pi/6, 1e-12)
	nearly(t, "ψ′(1/2)", trigamma(0.5), math.Pi*math.Pi/2, 1e-12)
	for _, x := range []float64{0.01, 0.5, 3, 1000} {
		nearly(t, "inverse", inverseTrigamma(trigamma(x))/x, 1, 1e-6)
	}
}

// The example of Benjamini & Hochberg (1995), section 3.2: of 15 p-values four are rejected at 5 %
// where Bonferroni rejects three.
func TestBenjaminiHochberg(t *testing.T) {
	p := []float64{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000}
	rejected := 0
	for i, adjusted := range BenjaminiHochberg(p) {
		if adjusted <= 0.05 {
			rejected++
		}
		if adjusted < p[i] || adjusted > 1 {
			t.Errorf("p %g became %g", p[i], adjusted)
		}
	}
	if rejected != 4 {
		t.Errorf("%d rejected, want 4", rejected)
	}
	// In the order of the argument, and never decreasing in p.
	got := BenjaminiHochberg([]float64{0.04, 0.01, 0.03})
	for i, want := range []float64{0.04, 0.03, 0.04} {
		nearly(t, "adjusted", got[i], want, 1e-12)
	}
	if len(BenjaminiHochberg(nil)) != 0 {
		t.Error("nothing became something")
	}
}
