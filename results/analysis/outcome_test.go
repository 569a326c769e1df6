package analysis

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/text"
)

const (
	sup = results.Supported
	ref = results.Refuted
	dep = results.Depends
	inc = results.Inconclusive
)

func TestRules(t *testing.T) {
	i := iv(2, 1.5, 3)
	nan := results.Interval{Estimate: math.NaN(), Low: math.NaN(), High: math.NaN()}
	for _, test := range []struct {
		name      string
		got, want results.Outcome
	}{
		{"above", AtLeast(i, 1), sup},
		{"touching", AtLeast(i, 1.5), sup},
		{"straddling", AtLeast(i, 2), inc},
		{"at the top", AtLeast(i, 3), inc},
		{"below", AtLeast(i, 3.1), ref},
		{"unknown", AtLeast(nan, 0), inc},
		{"at most", AtMost(i, 3), sup},
		{"not at most", AtMost(i, 1.4), ref},
		{"perhaps at most", AtMost(i, 2), inc},
		{"inside", Within(i, 1, 4), sup},
		{"above it", Within(i, 0, 1), ref},
		{"below it", Within(i, 4, 5), ref},
		{"over an end", Within(i, 1, 2), inc},
		{"around it", Within(i, 1.9, 2.1), inc},
		{"all", All(sup, sup), sup},
		{"one refuted", All(sup, inc, ref), ref},
		{"one open", All(sup, inc), inc},
		{"none", All(), inc},
		{"a part depends", All(sup, dep), dep},
		{"depends and open", All(dep, inc), inc},
		{"strata agree", Strata(ref, ref), ref},
		{"strata differ", Strata(sup, ref), dep},
		{"strata differ, one open", Strata(sup, ref, inc), dep},
		{"stratum open", Strata(sup, inc), inc},
		{"no strata", Strata(), inc},
		{"stratum depends", Strata(dep, sup), dep},
	} {
		if test.got != test.want {
			t.Errorf("%s: %v, want %v", test.name, test.got, test.want)
		}
	}
}

func TestDeclared(t *testing.T) {
	for _, test := range []struct {
		ratio results.Interval
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

func TestControl(t *testing.T) {
	f, err := FitBlocks([]Sample{{0, "a", 100, 0}, {0, "b", 103, 0}, {1, "a", 100, 0}, {1, "b", 103, 0}})
	if err != nil {
		t.Fatal(err)
	}
	for _, pair := range [][2]string{{"a", "b"}, {"b", "a"}} {
		got, err := Control(f, pair[0], pair[1])
		if err != nil {
			t.Fatal(err)
		}
		nearly(t, "noise", got, 0.03, 1e-9)
	}
}

// From tables of Student's t. Of 3 blocks, 2 degrees of freedom at 95 %, t/√n is 4.303/√3 = 2.484. To
// halve it at 95 % takes 5 blocks, 2.776/√5 = 1.2415 where 1.2421 is wanted, and at 99 % it takes 8,
// 3.499/√8 = 1.237 (7 have 3.707/√7 = 1.401). By 1/√n alone it were 12.
func TestMoreBlocks(t *testing.T) {
	for _, test := range []struct {
		name       string
		i          results.Interval
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
		{"many degrees of freedom", iv(2, 1, 3), Basis{3, 10}, 0.99, []float64{1.5}, 14},
		// Normal quantiles: 1.960 becomes 2.576, (2·2.576/1.960)² = 6.91.
		{"a count of one block", iv(2, 1, 3), Basis{Blocks: 1}, 0.99, []float64{1.5}, 6},
		{"at least one", iv(2, 1, 3), Basis{Blocks: 4}, 0.95, []float64{1.0001}, 1},
		{"on it", iv(2, 1, 3), Basis{Blocks: 3}, 0.95, []float64{2}, 0},
		{"nearly on it", iv(2, 1, 3), Basis{Blocks: 3}, 0.95, []float64{2.001}, 0},
		{"settled", iv(2, 1, 3), Basis{Blocks: 3}, 0.95, []float64{4}, 0},
		{"unknown", results.Interval{Estimate: math.NaN()}, Basis{Blocks: 3}, 0.95, []float64{4}, 0},
		{"no interval", results.Interval{Estimate: 2, Low: 1, High: 3}, Basis{Blocks: 3}, 0.95, []float64{1.5}, 0},
		{"no block", iv(2, 1, 3), Basis{}, 0.95, []float64{1.5}, 0},
	} {
		more, ok := MoreBlocks(test.i, test.from, test.confidence, test.thresholds...)
		if more != test.more || ok != (test.more > 0) {
			t.Errorf("%s: %d, %v, want %d", test.name, more, ok, test.more)
		}
	}
	for more, want := range map[int]string{0: "No reasonable", 1: "one more block", 9: "9 more blocks"} {
		if got := Settle(more); !strings.Contains(got.String(), want) {
			t.Errorf("%d: %q", more, got)
		}
	}
}

// What MoreBlocks foretells comes true: fits of so many blocks have, in the middle, intervals of the
// width that leaves the threshold, though the fewer blocks had t's of few degrees of freedom.
func TestMoreBlocksComesTrue(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 22))
	half := func(blocks int, confidence float64) (float64, Basis) {
		var halves []float64
		var from Basis
		for range 400 {
			f, err := FitBlocks(simulate(rng, blocks, 3, 0.1, 0.04))
			if err != nil {
				t.Fatal(err)
			}
			i, err := f.Ratio("a", "b", confidence)
			if err != nil {
				t.Fatal(err)
			}
			halves, from = append(halves, math.Log(i.High/i.Estimate)), Basis{f.Blocks(), float64(f.Freedom())}
		}
		slices.Sort(halves)
		return halves[len(halves)/2], from
	}
	now, from := half(3, 0.95)
	const theta = 0.5 // of the half width
	more, ok := MoreBlocks(iv(0, -now, now), from, 0.99, theta*now)
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

func TestAdjust(t *testing.T) {
	verdicts := []results.Verdict{
		{ID: "sure", Outcome: sup, P: 0.001},
		{ID: "weak", Outcome: ref, P: 0.04, Why: text.Of("Because.")},
		{ID: "weaker", Outcome: inc, P: 0.2, Why: text.Of("Who knows.")},
		{ID: "counted", Outcome: sup},
	}
	before := append([]results.Verdict(nil), verdicts...)
	got := Adjust(verdicts, 0.05)
	if !reflect.DeepEqual(verdicts, before) {
		t.Error("the argument changed")
	}
	for i, want := range []results.Outcome{sup, inc, inc, sup} {
		if got[i].Outcome != want {
			t.Errorf("%s is %v, want %v", got[i].ID, got[i].Outcome, want)
		}
	}
	if !strings.Contains(got[1].Why.String(), "refuted") || !strings.HasSuffix(got[1].Why.String(), "Because.") || got[2].Why.String() != "Who knows." {
		t.Errorf("why: %q, %q", got[1].Why.String(), got[2].Why)
	}
}
