package analysis

import (
	"math"
	"testing"
	"time"

	"github.com/workerlab/workerlab/results"
)

// Three runs of 80 requests each and three of 41 agree because they are counts, not because they are
// known to fourteen places. By hand, of 2 degrees of freedom: t = 4.302653, and the ratio's logarithm
// has the error 0.001·√(2/3), so that the interval is exp(±0.003513).
func TestFiguresThatAgreeAreNotCertain(t *testing.T) {
	const half = 4.302653 * 1e-3 * 0.816497
	var samples []Sample
	for block := range 3 {
		samples = append(samples, Sample{block, "a", 80, 0}, Sample{block, "b", 41, 0})
	}
	fit, err := FitBlocks(samples)
	if err != nil {
		t.Fatal(err)
	}
	p, err := FitProportion([]float64{1, 2, 3}, []float64{10, 20, 30})
	if err != nil {
		t.Fatal(err)
	}
	relative := func(i results.Interval, err error) float64 {
		if err != nil {
			t.Fatal(err)
		}
		return math.Log(i.High / i.Estimate)
	}
	for name, width := range map[string]float64{
		"ratio":      relative(fit.Ratio("a", "b", 0.95)) / half,
		"mean ratio": relative(fit.MeanRatio([]float64{2, 2, 2}, 0.95)) / half,
		"cell":       relative(fit.Mean("a", 0.95)) / half * math.Sqrt2,
		"mean":       relative(Mean([]float64{7, 7, 7}, 0.95)) / half * math.Sqrt2,
		// The figures' root mean square is √(1400/3), so that b = 10 has the error 0.001·√(1400/3)/√14.
		"proportion": relative(p.Slope(0.95)) / (4.302653 * 1e-3 / 10 * math.Sqrt(1400.0/3/14)),
		// And here with one degree of freedom and Σ(x − x̄)² = 2.
		"slope": relative(Slope([]float64{1, 2, 3}, []float64{10, 20, 30}, 0.95)) / (12.706205 * 1e-3 / 10 * math.Sqrt(1400.0/3/2)),
	} {
		if math.Abs(width-1) > 0.02 {
			t.Errorf("%s: %g of the width there should be", name, width)
		}
	}
	if p, err := fit.Test("a", "b", 1.96); err != nil || p < 1e-5 {
		t.Errorf("p = %g, %v: proved by rounding", p, err)
	}
}

// Throughputs are counts: of 40 requests in two seconds one more makes 2.5 %, of 20 one makes 5 %, and
// rounding alone scatters by √((0.025² + 0.05²)/2/12) = 1.141 %.
func TestFitKnowsWhatWasCounted(t *testing.T) {
	var table results.Table
	for block := range 3 {
		for workers, requests := range map[int]float64{1: 20, 2: 40} {
			r := results.Record{Repetition: block, Cell: results.Cell{"workers": workers}, Duration: 2 * time.Second}
			r.Set("throughput", requests/2, "requests/s")
			table = append(table, r)
		}
	}
	fit, err := FitBlocks(Samples(table, "throughput"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := fit.Ratio("workers=2", "workers=1", 0.95)
	if err != nil {
		t.Fatal(err)
	}
	nearly(t, "half width", math.Log(got.High/got.Estimate), 4.302653*0.01141*0.816497, 1e-4)
}

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
