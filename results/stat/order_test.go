package stat

import (
	"encoding/json"
	"math"
	"testing"
	"time"
)

// By hand, and as R's quantile, type 7.
func TestQuantile(t *testing.T) {
	for _, c := range []struct {
		values  []float64
		q, want float64
	}{
		{[]float64{4, 1, 3, 2}, 0.5, 2.5},
		{[]float64{3, 1, 2}, 0.5, 2},
		{[]float64{1, 2, 3, 4, 5}, 0.9, 4.6},
		{[]float64{1, 2, 3, 4, 5}, 0.05, 1.2},
		{[]float64{7}, 0.3, 7},
		{[]float64{1, 2}, 0, 1},
		{[]float64{1, 2}, 1, 2},
	} {
		if got := Quantile(c.values, c.q); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%g quantile of %v is %g, want %g", c.q, c.values, got, c.want)
		}
	}
	if got := Median([]time.Duration{3, 1}); got != 2 {
		t.Errorf("the median of 1 and 3 ns is %g", got)
	}
	if got := Median([]float64(nil)); !math.IsNaN(got) {
		t.Errorf("the median of nothing is %g", got)
	}
}

func TestTold(t *testing.T) {
	for _, c := range []struct {
		n    int64
		q    float64
		told bool
	}{{40, 0.5, true}, {39, 0.5, false}, {200, 0.9, true}, {2000, 0.99, true}, {1999, 0.99, false}, {0, 0.5, false}} {
		if Told(c.n, c.q) != c.told {
			t.Errorf("p%g of %d requests: %v", 100*c.q, c.n, !c.told)
		}
	}
}

// A twentieth of uniform values lies below the 90 % interval's bound, and a twentieth above.
func TestSpreadHoldsWhatComes(t *testing.T) {
	var values []float64
	for i := range 101 {
		values = append(values, float64(i))
	}
	got := Spread(values, 0.9)
	for _, pair := range [][2]float64{{got.Estimate, 50}, {got.Low, 5}, {got.High, 95}} {
		nearly(t, "bound", pair[0], pair[1], 1e-9)
	}
	if got.Basis.String() != "holds a new run, 101 values" {
		t.Errorf("%q", got.Basis)
	}
}

// Quantiles from tables (Abramowitz and Stegun, table 26.10; the last is the normal's).
func TestStudentQuantile(t *testing.T) {
	for _, c := range []struct{ confidence, freedom, want float64 }{
		{0.95, 1, 12.706}, {0.95, 2, 4.303}, {0.95, 9, 2.262}, {0.90, 4, 2.132}, {0.99, 30, 2.750}, {0.95, 100000, 1.960},
	} {
		if got := StudentQuantile(c.freedom, c.confidence); math.Abs(got-c.want) > 6e-4 {
			t.Errorf("t(%g, %g) = %.4f, want %.3f", c.confidence, c.freedom, got, c.want)
		}
	}
}

// One replication says nothing of the next, and none says nothing at all; what does not scatter is known.
func TestReplicated(t *testing.T) {
	if got := Replicated(nil, 0.95); got.Known() {
		t.Errorf("of nothing: %+v", got)
	}
	if got := Replicated([]float64{3}, 0.95); got.Estimate != 3 || !math.IsInf(got.Half(), 1) {
		t.Errorf("of one: %+v", got)
	}
	if got := Replicated([]float64{1, 1, 1}, 0.95); got.Half() != 0 || got.Basis.Values != 3 {
		t.Errorf("of equals: %+v", got)
	}
	got := Replicated([]float64{1, 2, 3}, 0.95)
	nearly(t, "half width", got.Half(), 4.302653/math.Sqrt(3), 1e-5)
}

func TestJSONKeepsIntervals(t *testing.T) {
	for _, want := range []Interval{
		{Estimate: 2, Low: 1, High: 3, Confidence: 0.95, Basis: Basis{Method: Student, Values: 12, Blocks: 3, Freedom: 8}},
		{Estimate: 2, Low: math.Inf(-1), High: math.Inf(1), Confidence: 0.9},
		{Estimate: 2},
	} {
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got Interval
		if err := json.Unmarshal(data, &got); err != nil || got != want {
			t.Errorf("%s became %+v, %v", data, got, err)
		}
	}
	data, err := json.Marshal(Unknown())
	if err != nil || string(data) != `{"estimate":null,"low":null,"high":null}` {
		t.Errorf("%s, %v", data, err)
	}
}
