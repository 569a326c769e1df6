package loadgen

import (
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/workerlab/workerlab/loadgen/arrival"
)

// A server that stalls for a second, attacked at a constant rate. The truth follows from the schedule
// alone: who was due d after the stall began waited for at least a second less d.
func TestStallIsNotHidden(t *testing.T) {
	t.Parallel()
	const (
		rate  = 200.0
		at    = 100 // the request that stalls the server, half a second into the run
		stall = time.Second
		whole = 2500 * time.Millisecond
	)
	truth := stalled(slices.Collect(arrival.Until(arrival.Constant(rate), whole)), at, stall)
	p99 := truth[len(truth)*99/100] // 980 ms

	for _, c := range []struct {
		name       string
		workers    int
		vegetaLies bool
	}{
		{"requests wait for four connections", 0, false},
		{"four workers, which is how vegeta alone hides it", 4, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := serveStalling(t, at, stall)
			r := attack(t, &Attack{
				Targets:  []Target{{URL: s.url}},
				Schedule: arrival.Constant(rate), Connections: 4, KeepAlive: true,
				Duration: whole, MaxWorkers: c.workers,
			})
			response, service := quantile(r.Response, 0.99), quantile(r.Service, 0.99)
			if response < p99*9/10 {
				t.Errorf("response p99 %v, the schedule says at least %v", response, p99)
			}
			if above := ShareAbove(r.Response, stall/4); above < 0.25 {
				t.Errorf("%.2f of the responses took over %v, the schedule says at least 0.30", above, stall/4)
			}
			if lies := service < response/2; lies != c.vegetaLies {
				t.Errorf("service p99 %v, response p99 %v", service, response)
			}
			blown := slices.ContainsFunc(r.Invalid, func(s string) bool { return strings.Contains(s, "the most allowed") })
			if blown != c.vegetaLies {
				t.Errorf("invalid: %q", r.Invalid)
			}
		})
	}
}

// stalled returns the sorted waits of requests due at the given offsets.
func stalled(due []time.Duration, at int, stall time.Duration) []time.Duration {
	waits := make([]time.Duration, len(due))
	for i := at; i < len(due); i++ {
		waits[i] = max(0, due[at]+stall-due[i])
	}
	slices.Sort(waits)
	return waits
}

// serveStalling serves at once, except that from the request numbered at it answers nothing for a
// while.
func serveStalling(t *testing.T, at int, stall time.Duration) *rawServer {
	var mu sync.Mutex
	served := 0
	return serveRaw(t, func(c net.Conn, _ int) bool {
		mu.Lock()
		defer mu.Unlock()
		if served++; served == at+1 {
			time.Sleep(stall) //nolint:forbidigo // the fault under test
		}
		return say(c, hello)
	})
}

// More requests in flight than workers: the schedule was not kept, and the run says so.
func TestFuse(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	s := serveRaw(t, func(net.Conn, int) bool { <-release; return false })
	r := attack(t, &Attack{
		Targets:  []Target{{URL: s.url}},
		Schedule: arrival.Constant(1000), Connections: 8, MaxWorkers: 8, Duration: short, Timeout: 1500 * time.Millisecond,
	})
	close(release)
	if r.Sent > 9 || r.Unsent < 291 || r.Planned != 300 {
		t.Errorf("planned %d, sent %d, unsent %d", r.Planned, r.Sent, r.Unsent)
	}
	reasons := strings.Join(r.Invalid, "\n")
	for _, want := range []string{"8 requests were in flight at once, the most allowed", "of 300 planned requests"} {
		if !strings.Contains(reasons, want) {
			t.Errorf("invalid %q does not say %q", r.Invalid, want)
		}
	}
}
