package experiments

import (
	"fmt"
	"strings"
	"time"

	"github.com/workerlab/workerlab/results"
)

// A Trial is all that defines one run. Two trials with the same Cell are the same trial, whichever
// experiments they belong to.
type Trial struct {
	Server Server
	Place  Place
	Load   Load          // the requests whose latency and throughput count
	Hog    Load          // runs beside it on connections of its own; zero: nothing does
	Window time.Duration // measured time, after the warm-up and before the drain
	Memory Memory        // when memory is read
	Kill   time.Duration // this far into the window a busy worker is killed; 0: none
	Twin   bool          // the duplicate of the trial that is otherwise equal (A/A)

	// The rest says how often and among which others it runs, and is no part of its identity.

	Group   string // trials of one group are interleaved with each other
	Blocks  int    // repetitions
	Untimed bool   // only its memory counts, so contention for the cores does not taint it
}

// A Server is the configuration under test, in the words of the command line.
type Server struct {
	Class       string // worker class
	Workers     int
	Threads     int   // 0: one
	GIL         bool  // with the emulated interpreter lock
	AppMemory   int64 // bytes of state in each worker
	Connections int   // worker-connections; 0: the default
}

// A Load is a stream of requests to /task.
type Load struct {
	Do        string        // demands in order: cpu:2ms,wait:20ms
	Clients   int           // closed loop: this many clients, each sends when it has its answer …
	Think     time.Duration // … and has thought so long
	Rate      float64       // open loop: requests/s, evenly spaced
	Burst     int           // open loop: this many requests in all, evenly over Over
	Over      time.Duration
	KeepAlive bool          // false: a connection per request
	Timeout   time.Duration // of a request; 0: 10 s
}

// Place says which cores server and generator run on.
type Place int

// The places.
const (
	Pin   Place = iota // the server on one core, the generator on another
	Share              // both on the same two cores
)

// String is the place's name in cells.
func (p Place) String() string {
	switch p {
	case Pin:
		return "pin"
	case Share:
		return "share"
	}
	return fmt.Sprintf("Place(%d)", int(p))
}

// Memory says when the memory of the server's process tree is read.
type Memory int

// The readings.
const (
	AfterLoad Memory = iota // once the load is over, without waiting
	Settled                 // once the load is over and PSS has come to rest
	WhileHeld               // while every client, or all of a burst, waits in the server
)

// String is the reading's name in cells.
func (m Memory) String() string {
	switch m {
	case AfterLoad:
		return "after"
	case Settled:
		return "settled"
	case WhileHeld:
		return "held"
	}
	return fmt.Sprintf("Memory(%d)", int(m))
}

// Held is how many requests the load holds in the server at once, given one that can hold them.
func (l Load) Held() int { return max(l.Clients, l.Burst) }

// Arrivals names the law of the load's arrivals.
func (l Load) Arrivals() string {
	switch {
	case l.Clients > 0:
		return "closed"
	case l.Burst > 0:
		return "burst"
	case l.Rate > 0:
		return "constant"
	}
	return "none"
}

// Cell is the trial flattened: every axis is always there, so that records make one table.
func (t Trial) Cell() results.Cell {
	return results.Cell{
		"class": t.Server.Class, "workers": t.Server.Workers, "threads": max(1, t.Server.Threads),
		"gil": t.Server.GIL, "app_memory_bytes": t.Server.AppMemory, "worker_connections": t.Server.Connections,
		"place": t.Place.String(), "do": t.Load.Do, "arrivals": t.Load.Arrivals(), "keepalive": t.Load.KeepAlive,
		"clients": t.Load.Clients, "think_seconds": t.Load.Think.Seconds(), "rate": t.Load.Rate,
		"burst": t.Load.Burst, "burst_seconds": t.Load.Over.Seconds(), "client_timeout_seconds": t.Load.Timeout.Seconds(),
		"hog": t.Hog.Do, "hog_clients": t.Hog.Clients, "hog_think_seconds": t.Hog.Think.Seconds(),
		"window_seconds": t.Window.Seconds(), "memory": t.Memory.String(),
		"kill_seconds": t.Kill.Seconds(), "twin": t.Twin,
	}
}

// Key is equal for equal trials and for no others.
func (t Trial) Key() string { return t.Cell().String() }

// String is the trial in few words, for progress lines.
func (t Trial) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d×%d", t.Server.Class, t.Server.Workers, max(1, t.Server.Threads))
	if t.Server.GIL {
		b.WriteString(" gil")
	}
	if t.Server.AppMemory > 0 {
		fmt.Fprintf(&b, " %dMB", t.Server.AppMemory>>20)
	}
	fmt.Fprintf(&b, " %s", t.Load.Do)
	switch {
	case t.Load.Clients > 0:
		fmt.Fprintf(&b, " n=%d", t.Load.Clients)
	case t.Load.Burst > 0:
		fmt.Fprintf(&b, " k=%d", t.Load.Burst)
	default:
		fmt.Fprintf(&b, " %g/s", t.Load.Rate)
	}
	if t.Hog.Do != "" {
		b.WriteString(" +hog")
	}
	if t.Kill > 0 {
		b.WriteString(" kill")
	}
	if t.Twin {
		b.WriteString(" (A/A)")
	}
	return b.String()
}

// overhead is about what a run takes besides warm-up and window: the gate, start, readings, stop.
const overhead = 400 * time.Millisecond

// WarmUp is how long the load runs before the window. A burst has none: its first request counts.
func (t Trial) WarmUp() time.Duration {
	if t.Load.Burst > 0 {
		return 0
	}
	return 300 * time.Millisecond
}

// Estimate is about how long the run takes. The last requests of a burst outlast the window.
func (t Trial) Estimate() time.Duration {
	d := overhead + t.WarmUp() + t.Window + t.Load.Over
	if t.Memory == Settled {
		d += 250 * time.Millisecond
	}
	return d + time.Duration(t.Server.Workers)*20*time.Millisecond
}
