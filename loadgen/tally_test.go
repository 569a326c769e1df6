package loadgen

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/workerlab/workerlab/loadgen/arrival"
)

const ms = time.Millisecond

// An event is one request as vegeta and the transport would report it, in milliseconds from the
// window's start.
type event struct {
	sent, done, thought time.Duration
	failure             error
	code                int
}

// settle runs the accounts over events, in the order of sending, without any clock or server.
func settle(t *testing.T, a *Attack, events []event) *Report {
	t.Helper()
	a.Targets = []Target{{URL: "http://server.example/"}}
	p, err := a.plan()
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	c := newClient(p, start.Add(p.Duration))
	all := newTally(p, c, start)
	for i, e := range events {
		code := e.code
		if code == 0 && e.failure == nil {
			code = 200
		}
		c.flights[uint64(i)] = &exchange{failure: e.failure, code: code, thought: e.thought * ms}
		all.add(&vegeta.Result{
			Seq:       uint64(i),
			Timestamp: start.Add((e.sent - e.thought) * ms),
			Latency:   (e.done - e.sent + e.thought) * ms,
		})
	}
	r := all.report(p.Duration, false, false)
	balance(t, r)
	return r
}

// Requests due at −10, 0, 10, 20, 30 ms; the window is [0, 40).
func TestOpenWindow(t *testing.T) {
	r := settle(t, &Attack{Schedule: arrival.Constant(100), Warmup: 10 * ms, Duration: 40 * ms}, []event{
		{sent: -10, done: 5}, // of the warm-up, answered in the window: throughput, but no latency
		{sent: 0, done: 8},
		{sent: 15, done: 20}, // 5 late
		{sent: 20, done: 90}, // answered in the drain: latency, but no throughput
		{sent: 31, done: 35, code: 500},
	})
	if r.Planned != 4 || r.Sent != 4 || r.Completed != 3 || r.Failures["status 500"] != 1 {
		t.Errorf("planned %d, sent %d, completed %d, failures %v", r.Planned, r.Sent, r.Completed, r.Failures)
	}
	if want := 3 / 0.040; r.Throughput != want || r.Offered != 100 {
		t.Errorf("throughput %v, offered %v, want %v and 100", r.Throughput, r.Offered, want)
	}
	near(t, "longest service", r.Service.Max(), 70*ms)
	near(t, "shortest service", r.Service.Min(), 5*ms)
	near(t, "shortest response", r.Response.Min(), 8*ms)
	near(t, "p50 of the responses", r.Response.ValueAtQuantile(50), 10*ms)
	if !slices.IsSorted([]time.Duration{0, r.Lag.P50, r.Lag.P99, r.Lag.Max}) {
		t.Errorf("lag %v", r.Lag)
	}
	near(t, "lag max", r.Lag.Max.Microseconds(), 5*ms)
}

func TestClosedWindow(t *testing.T) {
	r := settle(t, &Attack{Clients: 2, Warmup: 10 * ms, Duration: 40 * ms}, []event{
		{sent: -10, done: -3},
		{sent: -2, done: 5},             // sent in the warm-up
		{sent: 6, done: 12, thought: 4}, // 4 ms of vegeta's latency were thought
		{sent: 39, done: 95},            // answered in the drain
		{failure: errEnded, sent: 41, done: 41},
	})
	if r.Planned != 2 || r.Sent != 2 || r.Completed != 2 || r.Offered != 0 || r.Lag != (Lag{}) {
		t.Errorf("%+v", r)
	}
	if want := 2 / 0.040; r.Throughput != want {
		t.Errorf("throughput %v, want %v", r.Throughput, want)
	}
	near(t, "shortest service", r.Service.Min(), 6*ms)
	near(t, "longest response", r.Response.Max(), 56*ms)
}

// near checks microseconds against a duration, with the histogram's three digits.
func near(t *testing.T, what string, got int64, want time.Duration) {
	t.Helper()
	if diff := got - want.Microseconds(); diff*diff > 1+got*got/1_000_000 {
		t.Errorf("%s: %d µs, want %v", what, got, want)
	}
}

func TestFailuresOfManyKindsAreBounded(t *testing.T) {
	var events []event
	for i := range 3 * maxKinds {
		events = append(events, event{sent: time.Duration(i), done: time.Duration(i) + 1, failure: fmt.Errorf("odd %d", i)})
	}
	r := settle(t, &Attack{Schedule: arrival.Constant(1000), Duration: 96 * ms}, events)
	if len(r.Failures) != maxKinds+1 || r.Failures[FailOther] != 2*maxKinds {
		t.Errorf("%d kinds, %d others", len(r.Failures), r.Failures[FailOther])
	}
}

func TestPeak(t *testing.T) {
	for _, c := range []struct {
		sends []time.Duration
		want  float64
	}{
		{nil, 0},
		{[]time.Duration{0}, 100},
		{[]time.Duration{30 * ms, 0, 10 * ms, 20 * ms}, 100},         // each exactly one span after the other
		{[]time.Duration{0, 9 * ms, 11 * ms, 12 * ms, 18 * ms}, 400}, // 9 … 18
		{[]time.Duration{0, 0, 0, 20 * ms, 20*ms + 10*ms - 1}, 300},  // a burst at once
	} {
		if got := peak(c.sends); got != c.want {
			t.Errorf("%v: %v/s, want %v", c.sends, got, c.want)
		}
	}
}

func TestQuantileNeedsTwentyBeyond(t *testing.T) {
	h := newHistogram()
	for i := range 1999 {
		record(h, time.Duration(i+1)*ms)
	}
	if _, ok := Quantile(h, 0.99); ok {
		t.Error("reported with 19.99 samples beyond it")
	}
	record(h, 2*time.Second)
	p99, ok := Quantile(h, 0.99)
	near(t, "p99", p99.Microseconds(), 1980*ms)
	if !ok {
		t.Error("not reported with 20 samples beyond it")
	}
	if share := ShareAbove(h, 1500*ms); share < 0.249 || share > 0.251 {
		t.Errorf("%v are above 1.5 s, want 0.25", share)
	}
	if empty := newHistogram(); ShareAbove(empty, ms) != 0 {
		t.Error("a share of nothing")
	}
}

func TestTargetsInTurnOrByWeight(t *testing.T) {
	draw := func(seed uint64, targets ...Target) []int {
		next := picker(targets, seed)
		counts := make([]int, len(targets))
		for range 10_000 {
			counts[next()]++
		}
		return counts
	}
	if got := draw(1, Target{}, Target{}); !slices.Equal(got, []int{5000, 5000}) {
		t.Errorf("in turn: %v", got)
	}
	got := draw(1, Target{Weight: 3}, Target{}, Target{Weight: 1})
	// Binomial(10 000, 3/4) has a standard deviation of 43; four of them are allowed.
	if got[0] < 7500-172 || got[0] > 7500+172 || got[1] != 0 {
		t.Errorf("by weight 3, 0, 1: %v", got)
	}
	if !slices.Equal(got, draw(1, Target{Weight: 3}, Target{}, Target{Weight: 1})) {
		t.Error("the same seed drew others")
	}
}

func TestJudgement(t *testing.T) {
	lagging := func(p50, p99 time.Duration) *Report { // 1000 requests, service 10 ms, response p50 as given
		r := &Report{Open: true, Planned: 1000, Sent: 1000, Completed: 1000, arrived: 1000, Service: newHistogram(), Response: newHistogram()}
		for range 1000 {
			record(r.Service, 10*ms)
			record(r.Response, p50)
		}
		r.Lag.P99 = p99
		return r
	}
	for _, c := range []struct {
		name    string
		r       *Report
		p       plan
		fused   bool
		invalid string // "": valid
	}{
		{name: "punctual", r: lagging(10*ms, ms)},
		{name: "late, and fast answers", r: lagging(2*ms, 1100*time.Microsecond), invalid: "the p99 of the send lag is 1.1ms, more than 1ms"},
		{name: "late, and fast answers that are told apart by more", r: lagging(2*ms, 9*ms), p: plan{Attack: Attack{MaxLag: 10 * ms}}},
		{name: "late, but a tenth of slow answers", r: lagging(50*ms, 4900*time.Microsecond)},
		{name: "late, and more than a tenth", r: lagging(50*ms, 5200*time.Microsecond), invalid: "the p99 of the send lag is 5.2ms, more than 5."},
		{name: "shared cores forgive lag that does not matter", r: lagging(11*ms, 3*ms), p: plan{Attack: Attack{SharedCores: true}}},
		{name: "shared cores, lag is a fifth", r: lagging(12500*time.Microsecond, 3*ms), p: plan{Attack: Attack{SharedCores: true}}, invalid: "late sending makes up 20 % of the response time's p99"},
		{name: "fuse", r: lagging(10*ms, 0), fused: true, p: plan{Attack: Attack{MaxWorkers: 7}}, invalid: "7 requests were in flight at once, the most allowed"},
		{name: "99 % sent", r: &Report{Open: true, Planned: 100, Sent: 99, Service: newHistogram(), Response: newHistogram()}},
		{name: "98 % sent", r: &Report{Open: true, Planned: 100, Sent: 98, Service: newHistogram(), Response: newHistogram()}, invalid: "sent 98 of 100 planned requests, fewer than 99 %"},
		{name: "no ports left", r: &Report{Sent: 5, Failures: map[string]uint64{FailPorts: 3}}, invalid: "3 requests failed in the generator: no local port"},
		{name: "the server refuses", r: &Report{Sent: 5, Failed: 5, Failures: map[string]uint64{FailRefused: 5}}},
	} {
		c.p.Quantile = 0.99
		c.p.MaxLag = max(c.p.MaxLag, defaultMaxLag)
		c.r.judge(&c.p, c.fused)
		switch {
		case c.invalid == "" && len(c.r.Invalid) > 0:
			t.Errorf("%s: invalid: %q", c.name, c.r.Invalid)
		case c.invalid != "" && (len(c.r.Invalid) != 1 || !strings.HasPrefix(c.r.Invalid[0], c.invalid)):
			t.Errorf("%s: invalid: %q, want %q", c.name, c.r.Invalid, c.invalid)
		}
	}
}

func TestBottleneck(t *testing.T) {
	open := func(planned, arrived uint64, wait time.Duration) *Report { // over 10 s
		r := &Report{Open: true, Planned: planned, arrived: arrived, Throughput: float64(arrived) / 10, Response: newHistogram()}
		record(r.Response, wait)
		return r
	}
	think := plan{Attack: Attack{Think: func() time.Duration { return ms }}}
	for _, c := range []struct {
		name string
		r    *Report
		p    plan
		cpu  float64 // share of all cores
		want Bottleneck
	}{
		{"kept up", open(1000, 1000, 20*ms), plan{}, 0.3, BottleneckNone},
		{"a tenth more than it can", open(1100, 1000, 450*ms), plan{}, 0.3, BottleneckServer},
		{"three times what it can", open(3000, 1000, 3300*ms), plan{}, 0.3, BottleneckServer},
		{"nothing came back in time", open(1000, 0, 11*time.Second), plan{}, 0.3, BottleneckServer},
		{"a few requests, the last in the drain", open(10, 9, 20*ms), plan{}, 0.3, BottleneckNone},
		{"closed", &Report{}, plan{}, 0.3, BottleneckServer},
		{"closed, thinking", &Report{}, think, 0.3, BottleneckNone},
		{"closed, the generator busy", &Report{}, plan{}, 0.9, BottleneckGenerator},
		{"closed, both busy on the same cores", &Report{CoresBusy: 0.95}, plan{}, 0.3, BottleneckShared},
		{"closed, the cores full of others", &Report{CoresBusy: 0.95}, plan{}, 0.05, BottleneckServer},
		{"closed, a core to spare", &Report{CoresBusy: 0.7}, plan{}, 0.3, BottleneckServer},
		{"thinking clients on full cores", &Report{CoresBusy: 0.95}, think, 0.3, BottleneckNone},
	} {
		c.r.Cores, c.r.measured, c.r.GeneratorCPU = 2, 10*time.Second, time.Duration(2*c.cpu*float64(10*time.Second))
		c.r.judgeCPU(&c.p)
		if c.r.Bottleneck != c.want {
			t.Errorf("%s: %s, want %s", c.name, c.r.Bottleneck, c.want)
		}
	}
}

// A schedule that never leaves its first instant would fill the memory.
func TestEndlessSchedule(t *testing.T) {
	p := plan{Attack: Attack{Duration: time.Second, Schedule: func(yield func(time.Duration) bool) {
		for yield(0) {
		}
	}}}
	if err := p.layOut(1000); err == nil || err.Error() != "schedule: more than 1000 requests" {
		t.Errorf("error %v", err)
	}
}

func TestBadAttacks(t *testing.T) {
	target := []Target{{URL: "http://server.example/"}}
	good := Attack{Targets: target, Duration: time.Second, Schedule: arrival.Constant(1)}
	if _, err := good.plan(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		spoil func(*Attack)
		err   string
	}{
		{func(a *Attack) { a.Duration = 0 }, "duration 0s: must be positive"},
		{func(a *Attack) { a.Warmup = -1 }, "warm-up -1ns: must not be negative"},
		{func(a *Attack) { a.Timeout = -1 }, "timeout -1ns: must not be negative"},
		{func(a *Attack) { a.RTT = -1 }, "round trip -1ns: must not be negative"},
		{func(a *Attack) { a.Quantile = 1 }, "quantile 1: must be between 0 and 1"},
		{func(a *Attack) { a.Connections = -2 }, "-2 connections: must not be negative"},
		{func(a *Attack) { a.MaxWorkers = -2 }, "-2 workers: must not be negative"},
		{func(a *Attack) { a.Schedule, a.Clients = nil, -1 }, "-1 clients: must not be negative"},
		{func(a *Attack) { a.Clients = 1 }, "a schedule and clients"},
		{func(a *Attack) { a.Think = func() time.Duration { return 0 } }, "a schedule and a think time"},
		{func(a *Attack) { a.Targets = nil }, "no targets"},
		{func(a *Attack) { a.Targets = []Target{{URL: "https://h/"}} }, `"https://h/" is not an http URL`},
		{func(a *Attack) { a.Targets = []Target{{URL: "localhost:80"}} }, `"localhost:80" is not an http URL`},
		{func(a *Attack) { a.Targets = []Target{{URL: "http://%zz/"}} }, `"http://%zz/" is not a URL`},
		{func(a *Attack) { a.Targets = []Target{{URL: "http://h/", Method: "G T"}} }, `target http://h/: net/http: invalid method "G T"`},
		{func(a *Attack) { a.Targets = []Target{{URL: "http://h/", Weight: -1}} }, "target http://h/: weight -1 is negative"},
		{func(a *Attack) { a.Targets = []Target{{URL: "http://h/", Header: http.Header{"a b": nil}}} }, `header name "a b"`},
		{func(a *Attack) { a.Targets = []Target{{URL: "http://h/", Header: http.Header{"A": {"\n"}}}} }, `header A: value "\n" has control characters`},
		{func(a *Attack) { a.Targets = append(target, Target{URL: "http://other/"}) }, "target http://other/ is not on server.example:80"},
		{func(a *Attack) { a.Schedule = arrival.Replay([]time.Duration{2, 1}) }, "schedule: offset 1ns comes after 2ns"},
		{func(a *Attack) { a.Schedule = arrival.Constant(0) }, "schedule: no request within the window of 1s"},
	} {
		a := good
		c.spoil(&a)
		before := a
		_, err := a.Run(t.Context())
		if err == nil || !strings.HasPrefix(err.Error(), "loadgen: "+c.err) {
			t.Errorf("error %v, want %s", err, c.err)
		}
		if before.Targets != nil && !reflect.DeepEqual(a.Targets, before.Targets) {
			t.Error("the caller's targets were changed")
		}
	}
}
