package loadgen

import (
	"errors"
	"net"
	"testing"
	"time"

	"github.com/workerlab/workerlab/loadgen/arrival"
)

const away = 50 * time.Millisecond

// Nothing is answered sooner than a round trip after it was sent, nor sooner than two where a connection
// was opened for it.
func TestADistanceTakesItsRoundTrips(t *testing.T) {
	for _, c := range []struct {
		name  string
		a     Attack
		trips time.Duration
	}{
		{"clients that keep their connection", Attack{Clients: 2, KeepAlive: true}, 1},
		{"clients that open one each time", Attack{Clients: 2}, 2},
		{"a schedule over kept connections", Attack{Schedule: arrival.Constant(50), Connections: 4, KeepAlive: true}, 1},
		{"a schedule with one each time", Attack{Schedule: arrival.Constant(50)}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := serveRaw(t, func(c net.Conn, _ int) bool { return say(c, hello) })
			fastest := time.Hour
			c.a.Targets, c.a.RTT = []Target{{URL: s.url}}, away
			c.a.Warmup, c.a.Duration = short, short
			c.a.Observe = func(s Sample) {
				trips := time.Duration(2)
				if s.Reused {
					trips = 1
				}
				if s.Service() < trips*away || s.Response() < s.Service() {
					t.Errorf("service %v, response %v, over %d round trips of %v", s.Service(), s.Response(), trips, away)
				}
				fastest = min(fastest, s.Service())
			}
			r := attack(t, &c.a)
			if fastest < c.trips*away || r.Completed == 0 || r.Failed > 0 {
				t.Errorf("%d answers, the fastest after %v, failures %v", r.Completed, fastest, r.Failures)
			}
			if r.Bottleneck == BottleneckServer {
				t.Error("a server that idles while its clients are on their way is called the bottleneck")
			}
		})
	}
}

// Who gives up on the way has asked for nothing.
func TestADistanceBeyondTheTimeout(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, func(c net.Conn, _ int) bool { return say(c, hello) })
	r := attack(t, &Attack{
		Targets: []Target{{URL: s.url}}, Schedule: arrival.Constant(50), KeepAlive: true, Duration: short,
		RTT: time.Hour, Timeout: away,
	})
	if r.Failures[FailTimeout] != 15 || s.accepted.Load() != 0 {
		t.Errorf("failures %v, want 15 timeouts; %d connections reached the server", r.Failures, s.accepted.Load())
	}
}

func TestADistanceIsCutShort(t *testing.T) {
	t.Parallel()
	c := newClient(&plan{}, time.Time{})
	ended := make(chan error)
	go func() { ended <- c.travel(time.Hour, time.Now().Add(2*time.Hour)) }()
	c.abort()
	if err := <-ended; !errors.Is(err, errCut) {
		t.Errorf("the way ended with %v, want %v", err, errCut)
	}
}
