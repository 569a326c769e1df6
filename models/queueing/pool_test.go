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
	near(t, "response of a shared core", shared.Settles().Response, 0.010/(1-0.7), 1e-9)

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

// Erlang's table: 10 lines offered 5 Erlang lose 1.84 %; 4 offered 3 lose 20.6 %.
func TestErlangB(t *testing.T) {
	near(t, "10 lines, 5 Erlang", ErlangB(10, 5), 0.018385, 1e-4)
	near(t, "4 lines, 3 Erlang", ErlangB(4, 3), 0.206107, 1e-5)
	near(t, "no line", ErlangB(0, 3), 1, 0)
	near(t, "nothing offered", ErlangB(4, 0), 0, 0)
}

// A pool of one is M/G/1, one whose jobs only wait is M/G/c, and CV 1 changes nothing.
func TestVariedPools(t *testing.T) {
	both := Closed{CPU: 3 * ms, Wait: 7 * ms, Cores: 1}
	for _, cv := range []float64{0, 0.5, 3} {
		one := General{Rate: 70, Service: 10 * ms, CV: cv, Servers: 1}
		near(t, "a pool of one", Pool{70, 1, both}.Varied(cv, 0).Response, one.Response(), 1e-9)
		four := General{Rate: 320, Service: 10 * ms, CV: cv, Servers: 4}
		got := Pool{320, 4, Closed{Wait: 10 * ms, Cores: 1}}.Varied(cv, 0)
		near(t, "a pool that waits", got.Response, four.Response(), 1e-9)
		near(t, "jobs in it, by Little", got.Jobs, 320*four.Response(), 1e-9)
	}
	p := Pool{140, 4, both}
	near(t, "CV 1", p.Varied(1, 0).Response, p.Settles().Response, 1e-12)
	if beyond := (Pool{1000, 4, both}).Varied(2, 0); !math.IsInf(beyond.Response, 1) {
		t.Errorf("beyond its capacity: %+v", beyond)
	}
}

// Clients who think before a pool that never waits are the closed network whose delay is their thinking; and one that
// admits all of them is the network with both delays.
func TestFiniteAgainstTheNetwork(t *testing.T) {
	const think = 30 * ms
	for _, clients := range []int{1, 3, 10, 500} {
		for _, servers := range []int{1, 2, 5} {
			x, r := Finite{clients, think, servers, Closed{Wait: 4 * ms, Cores: 1}}.Settles()
			want := Closed{CPU: 4 * ms, Wait: think, Cores: servers}
			near(t, "X of machines in repair", x, want.Throughput(clients), 1e-9)
			near(t, "R of machines in repair", r.Seconds(), want.Residence(clients).Seconds(), 1e-6)
			x, _ = Finite{clients, think, clients, Closed{CPU: 4 * ms, Wait: 9 * ms, Cores: servers}}.Settles()
			want.Wait += 9 * ms
			near(t, "X of a pool for all", x, want.Throughput(clients), 1e-9)
		}
	}
	net := Closed{CPU: 4 * ms, Wait: 9 * ms, Cores: 2}
	if x, _ := (Finite{Clients: 8, Size: 3, Net: net}).Settles(); x != net.Throughput(3) {
		t.Errorf("without thinking: %g", x)
	}
}

// A loop without waits is M/G/1, and one that is idle answers after work and wait.
func TestLoop(t *testing.T) {
	l := Loop{Rate: 70, Work: 10 * ms, CV: 2}
	near(t, "without waits", l.Response(), General{Rate: 70, Service: 10 * ms, CV: 2, Servers: 1}.Response(), 1e-12)
	l.Wait, l.Back = 40*ms, 1
	if busy := l.Response(); busy <= 0.090+2*0.010 {
		t.Errorf("at 70 %% a job takes %g s", busy)
	}
	l.Rate = 0.001
	near(t, "idle", l.Response(), 0.050, 1e-4)
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
