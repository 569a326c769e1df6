package stat

import (
	"errors"
	"math"
	"testing"
)

// Intervals as R's binom.test prints them.
func TestBinomialPublished(t *testing.T) {
	for _, test := range []struct {
		k, n      int
		low, high float64
	}{
		{0, 10, 0, 0.3084971}, // 1 − 0.025^(1/10)
		{1, 10, 0.002528579, 0.4450161},
		{5, 10, 0.187086, 0.812914},
		{10, 10, 0.6915029, 1},
		{0, 0, 0, 1},
	} {
		got, err := Binomial(test.k, test.n, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		nearly(t, "low", got.Low, test.low, 1e-6)
		nearly(t, "high", got.High, test.high, 1e-6)
	}
}

// By definition: at the upper bound k or fewer, at the lower bound k or more have probability 2.5 %.
func TestBinomialDefinition(t *testing.T) {
	for _, n := range []int{1, 7, 40, 300} {
		for k := 0; k <= n; k += max(1, n/7) {
			i, err := Binomial(k, n, 0.95)
			if err != nil {
				t.Fatal(err)
			}
			if k < n {
				nearly(t, "upper tail", binomialAtMost(k, n, i.High), 0.025, 1e-6)
			}
			if k > 0 {
				nearly(t, "lower tail", 1-binomialAtMost(k-1, n, i.Low), 0.025, 1e-6)
			}
		}
	}
}

func binomialAtMost(k, n int, p float64) float64 {
	sum := 0.0
	for j := 0; j <= k; j++ {
		a, _ := math.Lgamma(float64(n + 1))
		b, _ := math.Lgamma(float64(j + 1))
		c, _ := math.Lgamma(float64(n - j + 1))
		sum += math.Exp(a - b - c + float64(j)*math.Log(p) + float64(n-j)*math.Log1p(-p))
	}
	return sum
}

// NIST's Statistical Reference Datasets, "Norris" (linear regression, observed): certified slope
// 1.00211681802045, its standard deviation 0.429796848199937e-3, 34 degrees of freedom.
func TestSlopeCertified(t *testing.T) {
	points := [][2]float64{ // y, x
		{0.1, 0.2},
		{338.8, 337.4},
		{118.1, 118.2},
		{888.0, 884.6},
		{9.2, 10.1},
		{228.1, 226.5},
		{668.5, 666.3},
		{998.5, 996.3},
		{449.1, 448.6},
		{778.9, 777.0},
		{559.2, 558.2},
		{0.3, 0.4},
		{0.1, 0.6},
		{778.1, 775.5},
		{668.8, 666.9},
		{339.3, 338.0},
		{448.9, 447.5},
		{10.8, 11.6},
		{557.7, 556.0},
		{228.3, 228.1},
		{998.0, 995.8},
		{888.8, 887.6},
		{119.6, 120.2},
		{0.3, 0.3},
		{0.6, 0.3},
		{557.6, 556.8},
		{339.3, 339.1},
		{888.0, 887.2},
		{998.5, 999.0},
		{778.9, 779.0},
		{10.2, 11.1},
		{117.6, 118.3},
		{228.9, 229.2},
		{668.4, 669.1},
		{449.2, 448.9},
		{0.2, 0.5},
	}
	var x, y []float64
	for _, p := range points {
		x, y = append(x, p[1]), append(y, p[0])
	}
	got, err := interval(0.95)(Slope(x, y))
	if err != nil {
		t.Fatal(err)
	}
	nearly(t, "slope", got.Estimate, 1.00211681802045, 1e-12)
	const t34 = 2.032245 // t(0.975; 34)
	nearly(t, "half width", got.High-got.Estimate, t34*0.429796848199937e-3, 1e-9)
	nearly(t, "symmetry", got.High+got.Low, 2*got.Estimate, 1e-12)
}

// Student's own sleep data (Biometrika 6 (1908), the differences of the two drugs): mean 1.58, 95 %
// interval 0.70 to 2.46.
func TestMeanPublished(t *testing.T) {
	got, err := Mean([]float64{1.2, 2.4, 1.3, 1.3, 0, 1.0, 1.8, 0.8, 4.6, 1.4}, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	nearly(t, "mean", got.Estimate, 1.58, 1e-12)
	nearly(t, "low", got.Low, 0.7001142, 1e-6)
	nearly(t, "high", got.High, 2.4598858, 1e-6)
}

func TestCountErrors(t *testing.T) {
	nan := math.NaN()
	var bad *DomainError
	for name, err := range map[string]error{
		"k above n":    second(Binomial(2, 1, 0.95)),
		"k below 0":    second(Binomial(-1, 1, 0.95)),
		"confidence":   second(Binomial(1, 2, 95)),
		"confidence -": second(Mean([]float64{1, 2}, -1)),
		"confidence ?": second(interval(nan)(Slope([]float64{1, 2, 3}, []float64{1, 2, 3}))),
		"not a number": second(Mean([]float64{1, nan}, 0.95)),
		"one x":        second(Slope([]float64{1, 1, 1}, []float64{1, 2, 3})),
		"lengths":      second(Slope([]float64{1, 2, 3}, []float64{1, 2})),
		"infinite":     second(Slope([]float64{1, 2, 3}, []float64{1, 2, math.Inf(1)})),
	} {
		if !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var few *FewError
	for name, err := range map[string]error{
		"mean of one":   second(Mean([]float64{1}, 0.95)),
		"slope of two":  second(Slope([]float64{1, 2}, []float64{1, 2})),
		"share of none": second(Share([]Count{{}, {}}, 0.95)),
	} {
		if !errors.As(err, &few) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestShare(t *testing.T) {
	// Runs without any slow request: only the exact interval can say what that is worth.
	none := []Count{{0, 1000}, {0, 1000}}
	got, err := Share(none, 0.95)
	if err != nil || got.Estimate != 0 || got.Low != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	nearly(t, "upper bound", got.High, 1-math.Pow(0.025, 1.0/2000), 1e-6)
	// Runs that differ widely: far wider than a binomial interval, the run being the unit.
	two := []Count{{1000, 1000}, {0, 1000}}
	got, err = Share(two, 0.95)
	if err != nil || got.Estimate != 0.5 || got.Low != 0 || got.High != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}
