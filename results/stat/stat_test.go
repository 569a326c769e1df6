package stat

import (
	"math"
	"testing"
)

func nearly(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s is %.8g, want %.8g ± %g", what, got, want, within)
	}
}

func second[T any](_ T, err error) error { return err }

// interval is the estimate's.
func interval(confidence float64) func(Estimate, error) (Interval, error) {
	return func(e Estimate, err error) (Interval, error) {
		if err != nil {
			return Interval{}, err
		}
		return e.Interval(confidence)
	}
}

func iv(estimate, low, high float64) Interval {
	return Interval{Estimate: estimate, Low: low, High: high, Confidence: 0.95}
}
