package capacity

import (
	"math"
	"testing"
	"time"

	"github.com/workerlab/workerlab/results/stat"
)

// The objective breaks where the response time crosses it, and between the loads at which it surely does not and
// surely does.
func TestCurveFindsWhereTheGoalBreaks(t *testing.T) {
	t.Parallel()
	d := quick(t, calibration())
	s := Size{"sync", 4, 1}
	goal := Goal{Rate: 50, Errors: 0.01, Latencies: []Latency{{0.99, 60 * ms}}}
	c, err := d.Curve(t.Context(), s, Load{}, goal, 1)
	if err != nil {
		t.Fatal(err)
	}
	b := c.Breaks
	if !(0 < b.Low && b.Low <= b.Estimate && b.Estimate <= b.High && b.Estimate < d.Ceiling(s).Throughput) {
		t.Fatalf("breaks at %+v", b)
	}
	at := func(rate float64) float64 {
		o, err := d.Predict(t.Context(), s, rate, 1)
		if err != nil {
			t.Fatal(err)
		}
		return o.P99.Estimate
	}
	if below, above := at(0.85*b.Estimate), at(1.1*b.Estimate); below >= 0.060 || above <= 0.060 {
		t.Errorf("p99 is %.3f s below and %.3f s above %.4g/s, where it should cross 0.060", below, above, b.Estimate)
	}
	goal.Latencies[0].Limit = 5 * ms // a request alone takes 23
	if c := (Curve{s, c.Outcomes, stat.Interval{}}); c.breaks(goal, upper) != 0 {
		t.Error("a goal that is never met breaks somewhere")
	}
	goal.Latencies[0].Limit = 100_000 * ms
	if c := (Curve{s, c.Outcomes, stat.Interval{}}); !math.IsInf(c.breaks(goal, upper), 1) {
		t.Error("a goal that is always met breaks somewhere")
	}
}

// Each part of a remedy is tried: with it the goal is met.
func TestRemedy(t *testing.T) {
	t.Parallel()
	d := quick(t, calibration())
	d.Effort = Effort{Replications: 3, Window: 2 * time.Second}
	plan := func(g Goal) (Plan, Remedy) {
		t.Helper()
		p, err := New(t.Context(), &d, g, 1, nil)
		if err != nil || p.Best != nil {
			t.Fatalf("%+v, %v: want a goal that is not met", p.Best, err)
		}
		r, err := d.Remedy(t.Context(), g, p, 1)
		if err != nil {
			t.Fatal(err)
		}
		return p, r
	}
	many := Goal{Rate: 900, Latencies: []Latency{{0.99, 250 * ms}}, Errors: 0.01, Classes: []string{"sync"}}
	if _, r := plan(many); r.Cores != 4 && r.Cores != 8 || r.Slow || r.Rate <= 0 || r.Rate >= 900 || r.Memory != 0 {
		t.Errorf("two cores bear 600/s at most: %+v", r)
	}
	tight := Goal{Rate: 100, Latencies: []Latency{{0.99, 250 * ms}}, Errors: 0.01, Classes: []string{"sync"}, Memory: 60 << 20}
	_, r := plan(tight)
	tight.Memory = r.Memory
	if p, err := New(t.Context(), &d, tight, 1, nil); err != nil || p.Best == nil {
		t.Errorf("with %.0f bytes: %+v, %v", r.Memory, p.Best, err)
	}
	none := tight
	none.Memory = 10 << 20
	if p, r := plan(none); p.Screened != 0 || r.Least != (Size{"sync", 1, 1}) || r.Floor < 40<<20 {
		t.Errorf("one worker takes 40 MiB: screened %d, %+v", p.Screened, r)
	}
	slow := Goal{Rate: 20, Latencies: []Latency{{0.99, 10 * ms}}, Errors: 0.01, Classes: []string{"sync"}}
	p, r := plan(slow)
	if !r.Slow || r.Cores != 0 || len(r.Relaxed) != 1 || r.Relaxed[0] != p.Nearest.P99 {
		t.Errorf("a request waits 20 ms: %+v", r)
	}
}
