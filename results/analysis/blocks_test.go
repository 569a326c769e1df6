package analysis

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/workerlab/workerlab/results"
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
	if f.Freedom() != 15 || f.Blocks() != 6 || len(f.Cells()) != 4 {
		t.Errorf("%d degrees of freedom, %d blocks, cells %v", f.Freedom(), f.Blocks(), f.Cells())
	}
	// Complete blocks: a difference of plain means, standard error √(2·MS/6); t(0.975; 15) = 2.1314
	// (any table).
	got, err := f.Ratio("8500", "9100", 0.95)
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
	if f.Freedom() != 14 {
		t.Errorf("%d degrees of freedom", f.Freedom())
	}
	mean, err := f.Mean("8700", 0.95)
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
	var bad *DomainError
	var few *FewError
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
		"unknown a":    second(f.Ratio("z", "b", 0.95)),
		"unknown b":    second(f.Ratio("a", "z", 0.95)),
		"confidence 1": second(f.Ratio("a", "b", 1)),
		"no mean":      second(f.Mean("z", 0.95)),
		"confidence 0": second(f.Mean("a", 0)),
		"theta":        second(f.Test("a", "b", 0)),
		"theta mean":   second(f.TestMean("a", math.Inf(1))),
		"control":      second(Control(f, "a", "z")),
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
	i, err := f.Ratio("b", "a", 0.95)
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
			i, err := f.Ratio("a", "b", 0.95)
			if err != nil {
				t.Fatal(err)
			}
			p, err := f.Test("a", "b", 1)
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
			i, err := f.Mean("a", 0.95)
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

func TestSamples(t *testing.T) {
	good := results.Record{Repetition: 1, Cell: results.Cell{"w": 2}}
	good.Set("x", 3, "")
	bad := good
	bad.Invalid = []string{"steal"}
	got := Samples(results.Table{good, bad, {}}, "x")
	if len(got) != 1 || got[0] != (Sample{1, "w=2", 3, 0}) {
		t.Errorf("got %v", got)
	}
}

func nearly(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s is %.8g, want %.8g ± %g", what, got, want, within)
	}
}

func second[T any](_ T, err error) error { return err }

// By hand: the mean of the ratios 2 and 4 (that is 8/2) is √8, whichever cells they are of; given 2
// and 8 it is 4, with the error s·√(2/2).
func TestMeanRatioHasTheFitsResidual(t *testing.T) {
	fit, err := FitBlocks([]Sample{{0, "a", 1, 0}, {1, "a", 2, 0}, {0, "b", 2, 0}, {1, "b", 8, 0}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := fit.MeanRatio([]float64{2, 8}, 0.95)
	if err != nil || math.Abs(got.Estimate-4) > 1e-12 {
		t.Fatalf("%+v, %v; want 4", got, err)
	}
	// One degree of freedom: t = 12.706; log residuals ±ln(2)/4 each, so s² = 4·(ln 2/4)²/1.
	half := 12.7062 * math.Ln2 / 2
	if want := 4 * math.Exp(half); math.Abs(got.High/want-1) > 1e-4 {
		t.Errorf("high %g, want %g", got.High, want)
	}
	if p, err := fit.TestMeanRatio([]float64{2, 8}, 4); err != nil || math.Abs(p-1) > 1e-9 {
		t.Errorf("p of the estimate itself %g, %v", p, err)
	}
	var few *FewError
	if _, err := fit.MeanRatio(nil, 0.95); !errors.As(err, &few) {
		t.Errorf("no ratios: %v", err)
	}
	if _, err := fit.MeanRatio([]float64{2, 0}, 0.95); err == nil {
		t.Error("the logarithm of 0 was taken")
	}
}
