package models

import (
	"math"
	"testing"
	"time"

	"github.com/workerlab/workerlab/models/spec"
)

func mixOf(t *testing.T, lists ...string) (mix []spec.Endpoint) {
	t.Helper()
	for _, list := range lists {
		do, err := spec.ParseDemands(list)
		if err != nil {
			t.Fatal(err)
		}
		mix = append(mix, spec.Endpoint{Weight: 1, Do: do})
	}
	return mix
}

// Three of four take 1 ms of work, and one 5 ms and a wait of 40: √3 ms is how the work varies, and together they are
// 3/4·1² + 1/4·45² − 12² = 363 ms² off their mean, for they come together.
func TestAMixtureHasItsMoments(t *testing.T) {
	mix := mixOf(t, "cpu:1ms", "cpu:5ms,wait:40ms")
	mix[0].Weight = 3
	a := askedOf(mix, 150*time.Microsecond, false)
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got/want-1) > 1e-9 {
			t.Errorf("%s: %g, want %g", what, got, want)
		}
	}
	near("mean work", a.work.Mean, 0.00215)
	near("its deviation", math.Sqrt(a.work.Variance), math.Sqrt(3)*1e-3)
	near("mean wait", a.wait.Mean, 0.010)
	near("mean", a.whole.Mean, 0.01215)
	near("variance", a.whole.Variance, 363e-6)
	if a.waits != 1 || a.again || a.memoryless || a.exponential || a.longest != 5150*time.Microsecond || a.even() {
		t.Errorf("%+v", a)
	}
}

func TestWhatIsAskedIsTold(t *testing.T) {
	for list, want := range map[string]asked{
		"wait:exp(20ms)":                     {waits: 1, memoryless: true},
		"cpu:exp(20ms)":                      {memoryless: true, exponential: true},
		"cpu:exp(2ms),wait:20ms":             {waits: 1, exponential: true},
		"wait:20ms,cpu:2ms":                  {waits: 1, again: true, longest: 2 * time.Millisecond},
		"cpu:1ms,wait:0s,cpu:2ms":            {longest: 3 * time.Millisecond},
		"cpu:exp(1ms),cpu:exp(1ms)":          {},
		"block:20ms":                         {waits: 1, blocks: true},
		"cpu:lognormal(2ms/3),wait:exp(1ms)": {waits: 1},
	} {
		got := askedOf(mixOf(t, list), 0, false)
		if got.waits != want.waits || got.again != want.again || got.memoryless != want.memoryless ||
			got.exponential != want.exponential || got.longest != want.longest || got.blocks != want.blocks {
			t.Errorf("%s: %+v", list, got)
		}
	}
	if a := askedOf(mixOf(t, "cpu:exp(2ms)", "cpu:exp(2ms)"), 0, false); !a.memoryless {
		t.Error("two kinds of the same law are another law")
	}
	if a := askedOf(mixOf(t, "cpu:exp(2ms)", "cpu:exp(3ms)"), 0, false); a.memoryless || a.exponential {
		t.Error("a mixture of exponential laws is exponential")
	}
	if a := askedOf(mixOf(t, "cpu:exp(2ms),wait:1ms"), time.Millisecond, true); !a.again || a.exponential {
		t.Error("what the server does besides comes after the wait too")
	}
}

func TestTheSampleIsOfTheLaw(t *testing.T) {
	sum, squares := 0.0, 0.0
	a := askedOf(mixOf(t, "cpu:exp(2ms),wait:lognormal(8ms/1)"), time.Millisecond, false)
	sample := a.sample()
	for _, s := range sample {
		sum, squares = sum+s, squares+s*s
	}
	mean := sum / float64(len(sample))
	deviation := math.Sqrt(squares/float64(len(sample)) - mean*mean)
	if math.Abs(mean/a.whole.Mean-1) > 0.01 || math.Abs(deviation/math.Sqrt(a.whole.Variance)-1) > 0.05 {
		t.Errorf("mean %g and deviation %g, want %g and %g", mean, deviation, a.whole.Mean, math.Sqrt(a.whole.Variance))
	}
}
