package regress

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/workerlab/workerlab/results/stat"
)

// The vascular grafts of Montgomery, Design and Analysis of Experiments, 6th ed., example 4-1: yield
// by extrusion pressure (rows) and batch of resin (columns).
var grafts = map[string][]float64{
	"8500": {90.3, 89.2, 98.2, 93.9, 87.4, 97.9},
	"8700": {92.5, 89.5, 90.6, 94.7, 87.0, 95.8},
	"8900": {85.5, 90.8, 89.6, 86.2, 88.0, 93.4},
	"9100": {82.5, 89.5, 85.6, 87.4, 78.9, 90.7},
}

// graftScale keeps exp(y/scale) in range: the model takes logarithms, the book does not.
const graftScale = 10

func graftSamples(missing string, block int) []Sample {
	var samples []Sample
	for cell, ys := range grafts {
		for b, y := range ys {
			if cell != missing || b != block {
				samples = append(samples, Sample{b, cell, math.Exp(y / graftScale), 0})
			}
		}
	}
	return samples
}

func TestFitPublished(t *testing.T) {
	f, err := FitBlocks(graftSamples("", 0))
	if err != nil {
		t.Fatal(err)
	}
	// The analysis of variance there: error 109.89 on 15 degrees of freedom, blocks 192.25 on 5.
	nearly(t, "error sum of squares", f.residual*15*graftScale*graftScale, 109.89, 0.005)
	nearly(t, "blocks' sum of squares", f.mean.value*5*graftScale*graftScale, 192.25, 0.005)
	if f.freedom != 15 || f.blocks != 6 || len(f.cells) != 4 {
		t.Errorf("%d degrees of freedom, %d blocks, cells %v", f.freedom, f.blocks, f.cells)
	}
	// Complete blocks: a difference of plain means, standard error √(2·MS/6); t(0.975; 15) = 2.1314
	// (any table).
	got, err := at95(f.Ratio("8500", "9100"))
	if err != nil {
		t.Fatal(err)
	}
	difference := (92.816667 - 85.766667) / graftScale
	half := 2.13145 * math.Sqrt(2*109.8863/15/6) / graftScale
	nearly(t, "difference", math.Log(got.Estimate), difference, 1e-6)
	nearly(t, "low", math.Log(got.Low), difference-half, 1e-5)
	nearly(t, "high", math.Log(got.High), difference+half, 1e-5)
}

// The same with one observation missing (8700 psi, batch 4): the book's section 4-1.3 estimates it as
// 91.08 and finds the error 101.70 on 14 degrees of freedom, exact least squares.
func TestFitMissing(t *testing.T) {
	f, err := FitBlocks(graftSamples("8700", 3))
	if err != nil {
		t.Fatal(err)
	}
	nearly(t, "error sum of squares", f.residual*14*graftScale*graftScale, 101.70, 0.01)
	if f.freedom != 14 {
		t.Errorf("%d degrees of freedom", f.freedom)
	}
	mean, err := at95(f.Mean("8700"))
	if err != nil {
		t.Fatal(err)
	}
	nearly(t, "adjusted mean", math.Log(mean.Estimate)*graftScale, (455.4+91.08)/6, 0.001)
}

// A complete layout has a closed form for a mean's variance, (MS_blocks + (c−1)·MS_error)/(c·b), with
// Satterthwaite's degrees of freedom.
func TestMeanClosedForm(t *testing.T) {
	f, err := FitBlocks(graftSamples("", 0))
	if err != nil {
		t.Fatal(err)
	}
	blocks, rest := 192.2521/5, 109.8863/15
	variance, freedom := f.meanVariance(f.inverse.At(0, 0))
	want := (blocks + 3*rest) / 24
	nearly(t, "variance", variance*graftScale*graftScale, want, 1e-4)
	nearly(t, "freedom", freedom, want*want/(math.Pow(blocks/24, 2)/5+math.Pow(3*rest/24, 2)/15), 1e-3)
}

func TestFitErrors(t *testing.T) {
	var bad *stat.DomainError
	var few *stat.FewError
	for _, test := range []struct {
		name    string
		samples []Sample
		target  any
		want    string
	}{
		{"nothing", nil, &few, "no runs"},
		{"one block", []Sample{{0, "a", 1, 0}, {0, "b", 2, 0}}, &few, "another block"},
		{"zero", []Sample{{0, "a", 0, 0}, {1, "a", 1, 0}}, &bad, "logarithm"},
		{"negative", []Sample{{0, "a", -1, 0}, {1, "a", 1, 0}}, &bad, "logarithm"},
		{"not a number", []Sample{{0, "a", math.NaN(), 0}, {1, "a", 1, 0}}, &bad, "logarithm"},
		{"infinite", []Sample{{0, "a", math.Inf(1), 0}, {1, "a", 1, 0}}, &bad, "logarithm"},
		{"apart", []Sample{{0, "a", 1, 0}, {0, "a", 2, 0}, {1, "b", 2, 0}, {1, "b", 3, 0}}, &bad, "share no block"},
	} {
		_, err := FitBlocks(test.samples)
		if !errors.As(err, test.target) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
	f, err := FitBlocks([]Sample{{0, "a", 1, 0}, {0, "b", 2, 0}, {1, "a", 1.1, 0}, {1, "b", 2.1, 0}})
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"unknown a":    second(at95(f.Ratio("z", "b"))),
		"unknown b":    second(at95(f.Ratio("a", "z"))),
		"confidence 1": second(with(1)(f.Ratio("a", "b"))),
		"no mean":      second(at95(f.Mean("z"))),
		"confidence 0": second(with(0)(f.Mean("a"))),
		"theta":        second(is(0)(f.Ratio("a", "b"))),
		"theta mean":   second(is(math.Inf(1))(f.Mean("a"))),
		"control":      second(f.Noise("a", "z")),
	} {
		if !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Figures without any scatter, as memory often is, have the least interval: of one degree of freedom
// t = 12.7062, and the error of the ratio's logarithm is 0.001·√(2/2).
func TestFitExact(t *testing.T) {
	f, err := FitBlocks([]Sample{{0, "a", 3, 0}, {0, "b", 6, 0}, {1, "a", 3, 0}, {1, "b", 6, 0}})
	if err != nil {
		t.Fatal(err)
	}
	i, err := at95(f.Ratio("b", "a"))
	if err != nil {
		t.Fatal(err)
	}
	nearly(t, "low", i.Low, 2*math.Exp(-0.0127062), 1e-6)
	nearly(t, "high", i.High, 2*math.Exp(0.0127062), 1e-6)
}

// Identical cells are called different in 5 % of experiments, and a p-value agrees with its
// interval. The band is the binomial's own: 5 % ± 3.3 standard errors of 4000 experiments.
func TestFalsePositives(t *testing.T) {
	const experiments, cells = 4000, 4
	band := 3.3 * math.Sqrt(0.05*0.95/experiments)
	for _, blocks := range []int{3, 5} {
		rng := rand.New(rand.NewPCG(1, uint64(blocks)))
		called := 0
		for range experiments {
			f, err := FitBlocks(simulate(rng, blocks, cells, 0.15, 0.04))
			if err != nil {
				t.Fatal(err)
			}
			i, err := at95(f.Ratio("a", "b"))
			if err != nil {
				t.Fatal(err)
			}
			p, err := is(1)(f.Ratio("a", "b"))
			if err != nil || (p < 0.05) == i.Holds(1) {
				t.Fatalf("p = %v and %+v disagree (%v)", p, i, err)
			}
			if !i.Holds(1) {
				called++
			}
		}
		rate := float64(called) / experiments
		t.Logf("%d blocks: %.2f %%", blocks, 100*rate)
		if math.Abs(rate-0.05) > band {
			t.Errorf("%d blocks: identical cells differ in %.1f %%, want 5 ± %.1f", blocks, 100*rate, 100*band)
		}
	}
}

// A mean's interval holds the level of which the blocks are a sample, whether blocks differ much or
// not. Satterthwaite is an approximation, so the band is wider on the safe side.
func TestMeanCoverage(t *testing.T) {
	const experiments = 1500
	for _, test := range []struct {
		blocks  int
		between float64
	}{{3, 0.1}, {5, 0.1}, {3, 0.01}, {8, 0.04}} {
		rng := rand.New(rand.NewPCG(2, uint64(test.blocks)))
		held := 0
		for range experiments {
			f, err := FitBlocks(simulate(rng, test.blocks, 4, test.between, 0.04))
			if err != nil {
				t.Fatal(err)
			}
			i, err := at95(f.Mean("a"))
			if err != nil {
				t.Fatal(err)
			}
			if i.Holds(100) {
				held++
			}
		}
		share := float64(held) / experiments
		t.Logf("%d blocks, %g between: %.1f %%", test.blocks, test.between, 100*share)
		if share < 0.93 || share > 0.985 {
			t.Errorf("%d blocks, %g between: 95 %% intervals hold the level in %.1f %%", test.blocks, test.between, 100*share)
		}
	}
}

// simulate draws an experiment of identical cells a, b, c … of level 100.
func simulate(rng *rand.Rand, blocks, cells int, between, within float64) []Sample {
	var samples []Sample
	for b := range blocks {
		luck := rng.NormFloat64() * between
		for c := range cells {
			y := 100 * math.Exp(luck+rng.NormFloat64()*within)
			samples = append(samples, Sample{b, string(rune('a' + c)), y, 0})
		}
	}
	return samples
}

func nearly(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s is %.8g, want %.8g ± %g", what, got, want, within)
	}
}

func second[T any](_ T, err error) error { return err }

// at95 is the estimate's interval.
func at95(e stat.Estimate, err error) (stat.Interval, error) { return with(0.95)(e, err) }

func with(confidence float64) func(stat.Estimate, error) (stat.Interval, error) {
	return func(e stat.Estimate, err error) (stat.Interval, error) {
		if err != nil {
			return stat.Interval{}, err
		}
		return e.Interval(confidence)
	}
}

// is is the estimate's p-value at theta.
func is(theta float64) func(stat.Estimate, error) (float64, error) {
	return func(e stat.Estimate, err error) (float64, error) {
		if err != nil {
			return 0, err
		}
		return e.Test(theta)
	}
}

// By hand: the mean of the ratios 2 and 4 (that is 8/2) is √8, whichever cells they are of; given 2
// and 8 it is 4, with the error s·√(2/2).
func TestMeanRatioHasTheFitsResidual(t *testing.T) {
	fit, err := FitBlocks([]Sample{{0, "a", 1, 0}, {1, "a", 2, 0}, {0, "b", 2, 0}, {1, "b", 8, 0}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := at95(fit.MeanRatio([]float64{2, 8}))
	if err != nil || math.Abs(got.Estimate-4) > 1e-12 {
		t.Fatalf("%+v, %v; want 4", got, err)
	}
	// One degree of freedom: t = 12.706; log residuals ±ln(2)/4 each, so s² = 4·(ln 2/4)²/1.
	half := 12.7062 * math.Ln2 / 2
	if want := 4 * math.Exp(half); math.Abs(got.High/want-1) > 1e-4 {
		t.Errorf("high %g, want %g", got.High, want)
	}
	if p, err := is(4)(fit.MeanRatio([]float64{2, 8})); err != nil || math.Abs(p-1) > 1e-9 {
		t.Errorf("p of the estimate itself %g, %v", p, err)
	}
	var few *stat.FewError
	if _, err := at95(fit.MeanRatio(nil)); !errors.As(err, &few) {
		t.Errorf("no ratios: %v", err)
	}
	if _, err := at95(fit.MeanRatio([]float64{2, 0})); err == nil {
		t.Error("the logarithm of 0 was taken")
	}
}

func TestNoise(t *testing.T) {
	f, err := FitBlocks([]Sample{{0, "a", 100, 0}, {0, "b", 103, 0}, {1, "a", 100, 0}, {1, "b", 103, 0}})
	if err != nil {
		t.Fatal(err)
	}
	for _, pair := range [][2]string{{"a", "b"}, {"b", "a"}} {
		got, err := f.Noise(pair[0], pair[1])
		if err != nil {
			t.Fatal(err)
		}
		nearly(t, "noise", got, 0.03, 1e-9)
	}
}

// What MoreBlocks foretells comes true: fits of so many blocks have, in the middle, intervals of the
// width that leaves the threshold, though the fewer blocks had t's of few degrees of freedom.
func TestMoreBlocksComesTrue(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 22))
	half := func(blocks int, confidence float64) (float64, stat.Basis) {
		var halves []float64
		var from stat.Basis
		for range 400 {
			f, err := FitBlocks(simulate(rng, blocks, 3, 0.1, 0.04))
			if err != nil {
				t.Fatal(err)
			}
			i, err := with(confidence)(f.Ratio("a", "b"))
			if err != nil {
				t.Fatal(err)
			}
			halves, from = append(halves, math.Log(i.High/i.Estimate)), i.Basis
		}
		return stat.Median(halves), from
	}
	now, from := half(3, 0.95)
	const theta = 0.5 // of the half width
	more, ok := stat.MoreBlocks(stat.Interval{Low: -now, High: now, Confidence: 0.95, Basis: from}, 0.99, theta*now)
	if !ok {
		t.Fatal("no number")
	}
	enough, _ := half(3+more, 0.99)
	few, _ := half(3+more-2, 0.99)
	t.Logf("%d more blocks: %.3f of the half width; two fewer: %.3f", more, enough/now, few/now)
	if enough > 1.1*theta*now || few < theta*now {
		t.Errorf("%d more blocks leave %.3f of the half width, two fewer %.3f; want %g", more, enough/now, few/now, theta)
	}
}

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
	p, err := stat.Proportion([]float64{1, 2, 3}, []float64{10, 20, 30})
	if err != nil {
		t.Fatal(err)
	}
	relative := func(i stat.Interval, err error) float64 {
		if err != nil {
			t.Fatal(err)
		}
		return math.Log(i.High / i.Estimate)
	}
	for name, width := range map[string]float64{
		"ratio":      relative(at95(fit.Ratio("a", "b"))) / half,
		"mean ratio": relative(at95(fit.MeanRatio([]float64{2, 2, 2}))) / half,
		"cell":       relative(at95(fit.Mean("a"))) / half * math.Sqrt2,
		"mean":       relative(stat.Mean([]float64{7, 7, 7}, 0.95)) / half * math.Sqrt2,
		// The figures' root mean square is √(1400/3), so that b = 10 has the error 0.001·√(1400/3)/√14.
		"proportion": relative(at95(p, nil)) / (4.302653 * 1e-3 / 10 * math.Sqrt(1400.0/3/14)),
		// And here with one degree of freedom and Σ(x − x̄)² = 2.
		"slope": relative(at95(stat.Slope([]float64{1, 2, 3}, []float64{10, 20, 30}))) / (12.706205 * 1e-3 / 10 * math.Sqrt(1400.0/3/2)),
	} {
		if math.Abs(width-1) > 0.02 {
			t.Errorf("%s: %g of the width there should be", name, width)
		}
	}
	if p, err := is(1.96)(fit.Ratio("a", "b")); err != nil || p < 1e-5 {
		t.Errorf("p = %g, %v: proved by rounding", p, err)
	}
}

// Throughputs are counts: of 40 requests in two seconds one more makes 2.5 %, of 20 one makes 5 %, and
// rounding alone scatters by √((0.025² + 0.05²)/2/12) = 1.141 %.
func TestFitKnowsWhatWasCounted(t *testing.T) {
	var samples []Sample
	for block := range 3 {
		for cell, requests := range map[string]float64{"one": 20, "two": 40} {
			samples = append(samples, Sample{block, cell, requests / 2, 0.5})
		}
	}
	fit, err := FitBlocks(samples)
	if err != nil {
		t.Fatal(err)
	}
	got, err := at95(fit.Ratio("two", "one"))
	if err != nil {
		t.Fatal(err)
	}
	nearly(t, "half width", math.Log(got.High/got.Estimate), 4.302653*0.01141*0.816497, 1e-4)
}
