package analysis

import (
	"math"
	"reflect"
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
		{"equivalent", Equivalent(iv(1.01, 0.95, 1.07), 0.1), sup},
		{"not shown equal", Equivalent(iv(1, 0.5, 2), 0.1), inc},
		{"shown unequal", Equivalent(iv(2, 1.5, 3), 0.1), ref},
		{"other way", Equivalent(iv(0.99, 0.92, 1.0), 0.1), sup},
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
	f, err := FitBlocks([]Sample{{0, "a", 100}, {0, "b", 103}, {1, "a", 100}, {1, "b", 103}})
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

func TestMoreBlocks(t *testing.T) {
	for _, test := range []struct {
		name       string
		i          results.Interval
		blocks     int
		thresholds []float64
		more       int
		ok         bool
	}{
		// Half a width of 1, the threshold 0.5 away: the width must halve, four times the blocks.
		{"halve", iv(2, 1, 3), 3, []float64{1.5}, 9, true},
		{"just", iv(2, 1, 3), 4, []float64{1.0001}, 1, true},
		{"two sides", iv(2, 1, 3), 3, []float64{1.5, 2.25}, 45, true},
		{"on it", iv(2, 1, 3), 3, []float64{2}, 0, false},
		{"settled", iv(2, 1, 3), 3, []float64{4}, 0, false},
		{"unknown", results.Interval{Estimate: math.NaN()}, 3, []float64{4}, 0, false},
	} {
		more, ok := MoreBlocks(test.i, test.blocks, test.thresholds...)
		if more != test.more || ok != test.ok {
			t.Errorf("%s: %d, %v, want %d, %v", test.name, more, ok, test.more, test.ok)
		}
	}
	if got := Settle(iv(2, 1, 3), 3, 1.5); !strings.Contains(got.String(), "9 more blocks") {
		t.Errorf("got %q", got)
	}
	if got := Settle(iv(2, 1, 3), 3, 2.001); !strings.Contains(got.String(), "No reasonable") {
		t.Errorf("got %q", got)
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
