package stat

import (
	"math"
	"testing"
)

func TestDeclared(t *testing.T) {
	for _, test := range []struct {
		ratio Interval
		noise float64
		want  bool
	}{
		{iv(1.10, 1.05, 1.15), 0.03, true},
		{iv(1.10, 0.99, 1.21), 0.03, false},    // may be nothing
		{iv(1.015, 1.01, 1.02), 0, false},      // below 2 %
		{iv(1.05, 1.04, 1.06), 0.06, false},    // identical cells differed by more
		{iv(1/1.10, 1/1.15, 1/1.05), 0, true},  // slower counts as faster
		{iv(1/1.019, 0.97, 0.99), 0.02, false}, //
	} {
		if got := Declared(test.ratio, test.noise); got != test.want {
			t.Errorf("%+v with noise %g: %v", test.ratio, test.noise, got)
		}
	}
}

// From tables of Student's t. Of 3 blocks, 2 degrees of freedom at 95 %, t/√n is 4.303/√3 = 2.484. To
// halve it at 95 % takes 5 blocks, 2.776/√5 = 1.2415 where 1.2421 is wanted, and at 99 % it takes 8,
// 3.499/√8 = 1.237 (7 have 3.707/√7 = 1.401). By 1/√n alone it were 12.
func TestMoreBlocks(t *testing.T) {
	for _, test := range []struct {
		name       string
		i          Interval
		from       Basis
		confidence float64
		thresholds []float64
		more       int
	}{
		{"halve", iv(2, 1, 3), Basis{Blocks: 3}, 0.95, []float64{1.5}, 2},
		{"halve, looking again", iv(2, 1, 3), Basis{Blocks: 3}, 0.99, []float64{1.5}, 5},
		{"upwards", iv(2, 1, 3), Basis{Blocks: 3}, 0.99, []float64{2.5}, 5},
		{"two sides", iv(2, 1, 3), Basis{Blocks: 3}, 0.99, []float64{1.5, 2.5}, 5},
		// t/√n is 12.706/√2 = 8.985 of 2 blocks; 5 have 4.604/√5 = 2.059 at 99 %, 4 have 5.841/2 = 2.92.
		{"from two", iv(2, 1, 3), Basis{Blocks: 2}, 0.99, []float64{1.75}, 3},
		// 10 degrees of freedom in 3 blocks are 5 for each but the first: 2.228/√3 = 1.286, of which 17
		// blocks leave half with 80 of them, 2.639/√17 = 0.640 (16 have 75, 2.643/√16 = 0.661).
		{"many degrees of freedom", iv(2, 1, 3), Basis{Blocks: 3, Freedom: 10}, 0.99, []float64{1.5}, 14},
		// Normal quantiles: 1.960 becomes 2.576, (2·2.576/1.960)² = 6.91.
		{"a count of one block", iv(2, 1, 3), Basis{Blocks: 1}, 0.99, []float64{1.5}, 6},
		{"at least one", iv(2, 1, 3), Basis{Blocks: 4}, 0.95, []float64{1.0001}, 1},
		{"on it", iv(2, 1, 3), Basis{Blocks: 3}, 0.95, []float64{2}, 0},
		{"nearly on it", iv(2, 1, 3), Basis{Blocks: 3}, 0.95, []float64{2.001}, 0},
		{"settled", iv(2, 1, 3), Basis{Blocks: 3}, 0.95, []float64{4}, 0},
		{"unknown", Interval{Estimate: math.NaN()}, Basis{Blocks: 3}, 0.95, []float64{4}, 0},
		{"no interval", Interval{Estimate: 2, Low: 1, High: 3}, Basis{Blocks: 3}, 0.95, []float64{1.5}, 0},
		{"no block", iv(2, 1, 3), Basis{}, 0.95, []float64{1.5}, 0},
	} {
		test.i.Basis = test.from
		more, ok := MoreBlocks(test.i, test.confidence, test.thresholds...)
		if more != test.more || ok != (test.more > 0) {
			t.Errorf("%s: %d, %v, want %d", test.name, more, ok, test.more)
		}
	}
}

func TestHolm(t *testing.T) {
	for _, test := range []struct{ p, want []float64 }{
		{[]float64{0.01, 0.04, 0.03, 0.005}, []float64{0.03, 0.06, 0.06, 0.02}}, // by hand: ×3, ×1 (not below 0.06), ×2, ×4
		{[]float64{0.01, 0.02, 0.03, 0.04}, []float64{0.04, 0.06, 0.06, 0.06}},  // R: p.adjust(…, "holm")
		{[]float64{0.7, 0.8}, []float64{1, 1}},
		{nil, []float64{}},
	} {
		got := Holm(test.p)
		for i := range test.want {
			nearly(t, "adjusted p", got[i], test.want[i], 1e-12)
		}
		if len(got) != len(test.want) {
			t.Errorf("%v gave %v", test.p, got)
		}
	}
}
