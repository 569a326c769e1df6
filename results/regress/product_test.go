package regress

import (
	"errors"
	"math"
	"testing"

	"github.com/workerlab/workerlab/results/stat"
)

// A product of two cells is their ratio.
func TestProductOfTwoIsTheirRatio(t *testing.T) {
	f, err := FitBlocks(graftSamples("8700", 3))
	if err != nil {
		t.Fatal(err)
	}
	want, err := at95(f.Ratio("8700", "9100"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := at95(f.Product(map[string]float64{"8700": 1, "9100": -1}))
	if err != nil {
		t.Fatal(err)
	}
	nearly(t, "estimate", got.Estimate, want.Estimate, 1e-12)
	nearly(t, "low", got.Low, want.Low, 1e-12)
	nearly(t, "high", got.High, want.High, 1e-12)
}

// In complete blocks a level over the geometric mean of all c levels has the variance (1 − 1/c)·MS/b.
func TestProductOverTheGeometricMean(t *testing.T) {
	f, err := FitBlocks(graftSamples("", 0))
	if err != nil {
		t.Fatal(err)
	}
	powers := map[string]float64{"8500": 1 - 0.25, "8700": -0.25, "8900": -0.25, "9100": -0.25}
	got, err := at95(f.Product(powers))
	if err != nil {
		t.Fatal(err)
	}
	const grand = (92.816667 + 91.683333 + 88.916667 + 85.766667) / 4
	half := 2.13145 * math.Sqrt(0.75*109.8863/15/6)
	nearly(t, "estimate", math.Log(got.Estimate)*graftScale, 92.816667-grand, 1e-5)
	nearly(t, "low", math.Log(got.Low)*graftScale, 92.816667-grand-half, 1e-4)
	nearly(t, "high", math.Log(got.High)*graftScale, 92.816667-grand+half, 1e-4)
}

func TestProductErrors(t *testing.T) {
	f, err := FitBlocks(graftSamples("", 0))
	if err != nil {
		t.Fatal(err)
	}
	var bad *stat.DomainError
	for name, err := range map[string]error{
		"unknown cell":     second(at95(f.Product(map[string]float64{"8500": 1, "z": -1}))),
		"powers sum to 1":  second(at95(f.Product(map[string]float64{"8500": 1}))),
		"confidence of 1":  second(with(1)(f.Product(map[string]float64{"8500": 1, "8700": -1}))),
		"power not finite": second(at95(f.Product(map[string]float64{"8500": math.NaN()}))),
	} {
		if !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
