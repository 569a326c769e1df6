package results

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const (
	sup = Supported
	ref = Refuted
	dep = Depends
	inc = Inconclusive
)

func iv(estimate, low, high float64) stat.Interval {
	return stat.Interval{Estimate: estimate, Low: low, High: high, Confidence: 0.95}
}

func TestRules(t *testing.T) {
	i := iv(2, 1.5, 3)
	nan := stat.Interval{Estimate: math.NaN(), Low: math.NaN(), High: math.NaN()}
	for _, test := range []struct {
		name      string
		got, want Outcome
	}{
		{"above", AtLeast(i, 1), sup},
		{"touching", AtLeast(i, 1.5), sup},
		{"straddling", AtLeast(i, 2), inc},
		{"at the top", AtLeast(i, 3), inc},
		{"below", AtLeast(i, 3.1), ref},
		{"unknown", AtLeast(nan, 0), inc},
		{"at most", Within(i, math.Inf(-1), 3), sup},
		{"not at most", Within(i, math.Inf(-1), 1.4), ref},
		{"perhaps at most", Within(i, math.Inf(-1), 2), inc},
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

func TestAdjust(t *testing.T) {
	verdicts := []Verdict{
		{ID: "sure", Outcome: sup, P: 0.001},
		{ID: "weak", Outcome: ref, P: 0.04, Why: text.Of("Because.")},
		{ID: "weaker", Outcome: inc, P: 0.2, Why: text.Of("Who knows.")},
		{ID: "counted", Outcome: sup},
	}
	before := append([]Verdict(nil), verdicts...)
	got := Adjust(verdicts, 0.05)
	if !reflect.DeepEqual(verdicts, before) {
		t.Error("the argument changed")
	}
	for i, want := range []Outcome{sup, inc, inc, sup} {
		if got[i].Outcome != want {
			t.Errorf("%s is %v, want %v", got[i].ID, got[i].Outcome, want)
		}
	}
	if !strings.Contains(got[1].Why.String(), "refuted") || !strings.HasSuffix(got[1].Why.String(), "Because.") || got[2].Why.String() != "Who knows." {
		t.Errorf("why: %q, %q", got[1].Why.String(), got[2].Why)
	}
}
