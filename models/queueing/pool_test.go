package queueing

import (
	"math"
	"testing"
	"time"
)

// A pool whose jobs only wait is M/M/c in its admission; one that only computes on one core, admitted
// without bound, is a core that is shared.
func TestPoolAgainstItsSpecialCases(t *testing.T) {
	const ms = time.Millisecond
	waiting := Pool{Rate: 140, Size: 4, Net: Closed{Wait: 20 * ms, Cores: 1}}
	open := Open{Rate: 140, Service: 20 * ms, Servers: 4}
	got := waiting.Settles()
	near(t, "response of a pool that waits", got.Response, open.Response(), 1e-9)
	near(t, "delayed by it", got.Delayed, open.Delayed(), 1e-9)
	near(t, "jobs in it, by Little", got.Jobs, 140*open.Response(), 1e-9)

	shared := Pool{Rate: 70, Size: 400, Net: Closed{CPU: 10 * ms, Cores: 1}}
	near(t, "response of a shared core", shared.Settles().Response, Single{Rate: 70, Service: 10 * ms, CV: 1}.SharedResponse(), 1e-9)

	idle := Pool{Size: 2, Net: Closed{CPU: ms, Wait: 9 * ms, Cores: 1}}
	near(t, "response without load", idle.Settles().Response, 0.010, 1e-12)
	if beyond := (Pool{Rate: 201, Size: 4, Net: Closed{Wait: 20 * ms, Cores: 1}}).Settles(); !math.IsInf(beyond.Response, 1) || beyond.Delayed != 1 {
		t.Errorf("beyond its capacity of 200/s: %+v", beyond)
	}
	large := Pool{Rate: 900, Size: 5000, Net: Closed{CPU: ms, Wait: 2 * time.Second, Cores: 1}}
	if s := large.Settles(); math.IsNaN(s.Response) || s.Response < 2 || s.Response > 2.1 {
		t.Errorf("a pool of thousands: %+v", s)
	}
}

// M/M/1 at 70 %: 10 ms of service wait 23.3 ms; M/D/1 half of that.
func TestSingle(t *testing.T) {
	s := Single{Rate: 70, Service: 10 * time.Millisecond, CV: 1}
	near(t, "M/M/1's wait", s.Wait(), 0.07/3, 1e-12)
	near(t, "M/M/1's response", s.Response(), Open{Rate: 70, Service: 10 * time.Millisecond, Servers: 1}.Response(), 1e-9)
	s.CV = 0
	near(t, "M/D/1's wait", s.Wait(), 0.035/3, 1e-12)
	s.Rate = 100
	if !math.IsInf(s.Wait(), 1) || !math.IsInf(s.SharedResponse(), 1) {
		t.Error("a queue at 100 % settles")
	}
}

func TestAllenCunneen(t *testing.T) {
	const s = 10 * time.Millisecond
	one := Open{Rate: 70, Service: s, Servers: 1}
	near(t, "M/D/1", AllenCunneen(one, 1, 0), Single{Rate: 70, Service: s}.Wait(), 1e-9)
	four := Open{Rate: 320, Service: s, Servers: 4}
	near(t, "M/M/4", AllenCunneen(four, 1, 1), four.Response()-0.010, 1e-9)
	near(t, "D/D/4", AllenCunneen(four, 0, 0), 0, 1e-12)
}

// Erlang's table: 10 lines offered 5 Erlang lose 1.84 %; 4 offered 3 lose 20.6 %.
func TestErlangB(t *testing.T) {
	near(t, "10 lines, 5 Erlang", ErlangB(10, 5), 0.018385, 1e-4)
	near(t, "4 lines, 3 Erlang", ErlangB(4, 3), 0.206107, 1e-5)
	near(t, "no line", ErlangB(0, 3), 1, 0)
	near(t, "nothing offered", ErlangB(4, 0), 0, 0)
}

// The throughputs of a sweep are those asked for one by one, where jobs wait, compute, and do both, also beyond the
// number at which more do not add to it.
func TestThroughputsAreThroughput(t *testing.T) {
	for _, c := range []Closed{
		{CPU: 3 * ms, Wait: 20 * ms, Cores: 2},
		{Wait: 20 * ms, Cores: 1},
		{CPU: 3 * ms, Cores: 2},
		{CPU: ms, Wait: time.Second, Cores: 1},
	} {
		all := c.Throughputs(400)
		for n, x := range all {
			near(t, "throughput", x, c.Throughput(n+1), 1e-10)
		}
		if len(all) != 400 || c.Throughputs(0) != nil {
			t.Errorf("%d throughputs", len(all))
		}
	}
}

// M/M/1 at a quarter of its capacity forgets in four services; the nearer to it the longer.
func TestRelaxation(t *testing.T) {
	near(t, "relaxation", Relaxation(25, 100), 0.04, 1e-12)
	near(t, "relaxation", Relaxation(81, 100), 1, 1e-12)
	if Relaxation(0, 100) != 0.01 || !math.IsInf(Relaxation(100, 100), 1) {
		t.Errorf("empty %g, full %g", Relaxation(0, 100), Relaxation(100, 100))
	}
}
