package queueing

import (
	"math"
	"testing"
	"time"
)

// Closed forms of one and two servers, and C(4, 2.8) as tables of Erlang's delay formula have it.
func TestOpenAgainstKnownValues(t *testing.T) {
	cases := []struct {
		name              string
		rate              float64
		servers           int
		delayed, slowdown float64
	}{
		{"M/M/1, ρ 0.7: C = ρ, R/S = 1/(1−ρ)", 0.7, 1, 0.7, 1 / 0.3},
		{"M/M/2, ρ 0.5: C = 2ρ²/(1+ρ), R/S = 1/(1−ρ²)", 1, 2, 1.0 / 3, 4.0 / 3},
		{"M/M/2, ρ 0.9", 1.8, 2, 2 * 0.81 / 1.9, 1 / (1 - 0.81)},
		{"M/M/4, ρ 0.7", 2.8, 4, 0.4287, 1.3572},
		{"nothing arrives", 0, 4, 0, 1},
	}
	for _, c := range cases {
		o := Open{Rate: c.rate, Service: time.Second, Servers: c.servers}
		if got := o.Delayed(); math.Abs(got-c.delayed) > 1e-4 {
			t.Errorf("%s: P(delayed) = %.5f, want %.5f", c.name, got, c.delayed)
		}
		if got := o.Slowdown(); math.Abs(got-c.slowdown) > 1e-4 {
			t.Errorf("%s: R/S = %.5f, want %.5f", c.name, got, c.slowdown)
		}
	}
}

// Beyond its capacity a queue has no mean response time, and everybody waits.
func TestOpenBeyondItsCapacity(t *testing.T) {
	o := Open{Rate: 5, Service: time.Second, Servers: 4}
	if o.Delayed() != 1 || !math.IsInf(o.Slowdown(), 1) {
		t.Errorf("delayed %v, slowdown %v; want 1 and +Inf", o.Delayed(), o.Slowdown())
	}
}

// A thousand servers: the sums of the textbook form overflow, the recursion does not. Halfin and
// Whitt (Operations Research 29(3), 1981): with c = a + β√a servers
// P ≈ 1/(1 + βΦ(β)/φ(β)), here with β = 1.62.
func TestOpenManyServers(t *testing.T) {
	o := Open{Rate: 950, Service: time.Second, Servers: 1000}
	if c := o.Delayed(); !(math.Abs(c-0.065) < 0.007) {
		t.Errorf("P(delayed) = %v", c)
	}
}

// Pooling: one queue for four servers answers sooner than four queues at the same load.
func TestPoolingBeatsSplitting(t *testing.T) {
	pooled := Open{Rate: 2.8, Service: time.Second, Servers: 4}.Slowdown()
	split := Open{Rate: 0.7, Service: time.Second, Servers: 1}.Slowdown()
	if ratio := split / pooled; math.Abs(ratio-2.456) > 0.001 {
		t.Errorf("ratio %v, want 2.456", ratio)
	}
}
