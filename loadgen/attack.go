package loadgen

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/workerlab/workerlab/loadgen/arrival"
)

// An Attack describes one load run. It may be run several times.
type Attack struct {
	Name    string   // repeated in the report
	Targets []Target // at least one, all on one host; see Target.Weight for the order
	Socket  string   // of the Unix domain that is dialled instead of the targets' host; "": none

	// Schedule makes the loop open: requests are sent when it says, as offsets from the window's
	// start. The warm-up plays its first Warmup beforehand, so the window's requests do not depend on
	// the length of the warm-up. Nil: a closed loop.
	Schedule arrival.Schedule

	Clients int                  // closed loop: clients that each wait for their answer before they send again; zero: 1
	Think   func() time.Duration // closed loop: what a client waits before each request; nil: nothing. Never called concurrently

	// Start is when the warm-up begins, so that several attacks can begin together, all made ready before;
	// zero or past: as soon as the attack is ready.
	Start time.Time

	Warmup   time.Duration // sent before the window on the same connections, and discarded
	Duration time.Duration // of the window; required

	Connections int  // that may be open at once; zero: Clients in a closed loop, 64 in an open one
	KeepAlive   bool // false: a connection per request

	MaxWorkers int           // requests that may be in flight in an open loop before the run is invalid; zero: 4096
	Timeout    time.Duration // from the send to the answer's last byte; zero: 10 s
	Seed       uint64        // of the draw among weighted targets

	// RTT is an emulated distance: opening a connection takes one RTT more, and every exchange one; the
	// server sees none of it but its pauses. Both latencies and Timeout include it.
	RTT time.Duration

	SharedCores bool    // generator and server share cores: lag is judged by its part in the Quantile
	Quantile    float64 // of Response, the one to be reported, which lag must not distort; zero: 0.99

	// MaxLag is how late the sends may be (p99) whatever the latency; zero: 1 ms. More is for loads whose
	// answers are told apart by seconds.
	MaxLag time.Duration

	// Observe, if not nil, is called with every request, those of the warm-up too (their Intended is
	// negative) and those sent in the drain, from one goroutine. Whoever dawdles here delays the run.
	Observe func(Sample)
}

// A Target is one request that an attack sends.
type Target struct {
	Method string      // zero: GET
	URL    string      // http://host[:port]/path?query
	Header http.Header // sent as it is; a Host replaces the URL's
	Body   []byte

	// Weight is its share among the targets: they are drawn at random in proportion. If all are zero,
	// the targets are taken in turn.
	Weight float64
}

// A Sample is what became of one request. Times are offsets from the window's start.
type Sample struct {
	Target   int           // index into Attack.Targets
	Intended time.Duration // when the schedule wanted it; in a closed loop as Sent
	Sent     time.Duration // when it was handed to a connection, or began to wait for one
	Done     time.Duration // when its last byte was read, or its failure was known
	Code     int           // HTTP status, 0 if there was none
	Failure  string        // "" for a success: a status from 200 to 399, wholly read
	BytesIn  int64         // of the answer's body
	Reused   bool          // it travelled on a connection that had served another one
}

// Service is the time from the actual send to the answer's last byte.
func (s Sample) Service() time.Duration { return s.Done - s.Sent }

// Response is the time from the intended send to the answer's last byte.
func (s Sample) Response() time.Duration { return s.Done - s.Intended }

// Run attacks until the window is over and every request in flight has ended, at most Timeout later.
// Where ctx ends first, it returns ctx's error together with the report of what was measured so far.
// Any other error comes without a report and before the first request.
func (a *Attack) Run(ctx context.Context) (*Report, error) {
	p, err := a.plan()
	if err != nil {
		return nil, fmt.Errorf("loadgen: %w", err)
	}
	return p.run(ctx)
}
