package trial

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/workerlab/workerlab/results"
)

// A Trial is all that defines one run. Two trials with the same Cell are the same trial, whichever
// experiments they belong to.
type Trial struct {
	System string // the software that serves; "": our own
	Server Server
	Pods   int           // so many such servers behind a blind balancer that splits the load at random; 0: one
	Place  Place         // which cores server and generator have
	Load   Load          // the requests whose latency and throughput count
	Hog    Load          // runs beside it on connections of its own; zero: nothing does
	Slow   Slow          // clients that dawdle all through the window; zero: none
	Window time.Duration // measured time, after the warm-up and before the drain
	Memory Memory        // when memory is read
	Event  Event         // what befalls the server …
	At     time.Duration // … this far into the window
	Twin   bool          // the duplicate of the trial that is otherwise equal (A/A)

	// The rest says how often and among which others it runs, and is no part of its identity.

	Group   string // trials of one group are interleaved with each other
	Blocks  int    // repetitions
	Untimed bool   // contention for the cores does not change what is read of it, so it does not taint it
	Traced  bool   // every request's times and demands are recorded
	// Together runs the trial at the same time as the others of its group and block that are. It is
	// for servers that hardly work and are watched for seconds; a group is Together or it is not.
	Together bool
}

// A Server is the configuration under test, in the words of the command line. Zero values are the
// defaults of `workerlab serve`.
type Server struct {
	App         string // what other software than ours hosts: its kind; "": the plain application
	Class       string // worker class
	Workers     int
	Threads     int           // 0: one
	GIL         bool          // with the emulated interpreter lock
	Switch      time.Duration // the lock's switch interval
	AppMemory   int64         // bytes of state in each worker
	Preload     bool          // that state is shared copy-on-write
	Boot        time.Duration // CPU work of a worker before it serves
	Connections int           // worker-connections
	Backlog     int
	Timeout     time.Duration // silence after which a worker is killed; Never: none is
	KeepAlive   time.Duration // how long an idle connection is kept; Never: not at all
	Upstream    time.Duration // how long a web server in front keeps an idle connection to it; 0: not at all
	MaxRequests int           // after which a worker is replaced
	Jitter      int           // max-requests-jitter
	ReusePort   bool          // a listening socket per worker
	Exclusive   bool          // EPOLLEXCLUSIVE
}

// Never switches off a time of which zero is the default.
const Never time.Duration = -1

// A Load is a stream of requests to /task.
type Load struct {
	// Do are the demands in order: "cpu:2ms,wait:20ms". Of a demand such as "wait:exp(20ms)" the
	// generator draws the length anew for every request, exponential with that mean, so that all
	// servers of a block are asked for the same.
	Do        string
	Clients   int           // closed loop: this many clients, each sends when it has its answer …
	Think     time.Duration // … and has thought so long
	Thinking  Law           // how think times vary around Think
	Rate      float64       // open loop: requests/s
	Arriving  Law           // how the gaps between them vary; Exponential: a Poisson process
	Abreast   int           // open loop: so many arrive at the same instant, at gaps that are longer for it; 0: each by itself
	Burst     int           // open loop: this many requests in all, evenly over Over
	Over      time.Duration // 0: all at once
	Phase     time.Duration // the first request is sent this late at most, drawn; for bursts
	KeepAlive bool          // false: a connection per request
	Post      bool          // requests are POSTs with a small body, which nobody may send twice; false: GETs
	Timeout   time.Duration // of a request; 0: 10 s
	RTT       time.Duration // emulated distance: a round trip for each request, and one to open a connection
}

// A Law says how drawn times vary around their mean.
type Law int

// The laws.
const (
	Even        Law = iota // not at all
	Jittered               // uniform, ±10 %
	Exponential            // memoryless
)

// String is the law's name in cells.
func (l Law) String() string {
	switch l {
	case Even:
		return "even"
	case Jittered:
		return "jittered"
	case Exponential:
		return "exponential"
	}
	return fmt.Sprintf("Law(%d)", int(l))
}

// Slow are clients on connections of their own that take their time. Each sends a request's head
// byte by byte over Over, or reads an answer of Read bytes that slowly, or sends a body of Post bytes so,
// the head at once; when it is through it begins again.
type Slow struct {
	Clients int
	Over    time.Duration
	Read    int64 // bytes of the answer, read over Over; 0: the client sends slowly …
	Post    int64 // … a body of so many bytes, which the server reads to the end; 0: the head
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
	NotRead                 // not at all: of servers that run together, or whose workers come and go
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
	case NotRead:
		return "none"
	}
	return fmt.Sprintf("Memory(%d)", int(m))
}

// Event is what befalls the server while it is measured.
type Event int

// The events. With any of them, every request and every worker is watched.
const (
	Nothing Event = iota
	Watched       // nothing befalls it; its requests and workers are watched all the same
	Killed        // a busy worker gets SIGKILL
	Reloads       // the arbiter gets SIGHUP
)

// String is the event's name in cells.
func (e Event) String() string {
	switch e {
	case Nothing:
		return "none"
	case Watched:
		return "watched"
	case Killed:
		return "killed"
	case Reloads:
		return "reloads"
	}
	return fmt.Sprintf("Event(%d)", int(e))
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
	case l.Rate > 0 && l.Arriving == Exponential:
		return "poisson"
	case l.Rate > 0 && l.Arriving == Jittered:
		return "jittered"
	case l.Rate > 0:
		return "constant"
	}
	return "none"
}

// Cell is the trial flattened: every axis is always there, so that records make one table. What an axis is where a
// cell does not have it is declared in results.
func (t Trial) Cell() results.Cell {
	cell := t.Server.Cell()
	cell["system"] = t.Software()
	cell["pods"] = max(1, t.Pods)
	cell["place"] = t.Place.String()
	cell["window_seconds"] = t.Window.Seconds()
	cell["memory"] = t.Memory.String()
	cell["event"], cell["at_seconds"] = t.Event.String(), t.At.Seconds()
	cell["slow_clients"], cell["slow_seconds"] = t.Slow.Clients, t.Slow.Over.Seconds()
	cell["slow_read_bytes"], cell["slow_post_bytes"] = t.Slow.Read, t.Slow.Post
	cell["twin"] = t.Twin
	t.Load.fill(cell, "")
	t.Hog.fill(cell, "hog_")
	return cell
}

func (s Server) Cell() results.Cell {
	return results.Cell{
		"app": s.App, "upstream_seconds": s.Upstream.Seconds(),
		"class": s.Class, "workers": s.Workers, "threads": max(1, s.Threads),
		"gil": s.GIL, "switch_seconds": s.Switch.Seconds(),
		"app_memory_bytes": s.AppMemory, "preload": s.Preload, "boot_seconds": s.Boot.Seconds(),
		"worker_connections": s.Connections, "backlog": s.Backlog,
		"timeout_seconds": orNever(s.Timeout), "keepalive_seconds": orNever(s.KeepAlive),
		"max_requests": s.MaxRequests, "max_requests_jitter": s.Jitter,
		"reuse_port": s.ReusePort, "exclusive": s.Exclusive,
	}
}

func orNever(d time.Duration) float64 {
	if d == Never {
		return -1
	}
	return d.Seconds()
}

func (l Load) fill(cell results.Cell, prefix string) {
	axes := results.Cell{
		"do": l.Do, "arrivals": l.Arrivals(), "clients": l.Clients,
		"think_seconds": l.Think.Seconds(), "think_law": l.Thinking.String(), "rate": l.Rate, "abreast": max(1, l.Abreast),
		"burst": l.Burst, "burst_seconds": l.Over.Seconds(), "phase_seconds": l.Phase.Seconds(),
		"keepalive": l.KeepAlive, "client_timeout_seconds": l.Timeout.Seconds(),
		"rtt_seconds": l.RTT.Seconds(), "post": l.Post,
	}
	for axis, value := range axes {
		cell[prefix+axis] = value
	}
}

// software is the name of what serves.
func (t Trial) Software() string { return cmp.Or(t.System, results.Ours) }

// Key is equal for equal trials and for no others, and stays when axes are added.
func (t Trial) Key() string { return t.Cell().Key() }

// String is the trial in few words, for progress lines.
func (t Trial) String() string {
	var b strings.Builder
	if t.Pods > 1 {
		fmt.Fprintf(&b, "%d pods of ", t.Pods)
	}
	if t.System != "" {
		b.WriteString(t.System + " ")
	}
	b.WriteString(t.Server.String() + " " + t.Load.String())
	if t.Load.RTT > 0 {
		fmt.Fprintf(&b, " rtt=%v", t.Load.RTT)
	}
	if t.Hog.Do != "" {
		b.WriteString(" +hog")
	}
	if t.Slow.Clients > 0 {
		fmt.Fprintf(&b, " +%d slow", t.Slow.Clients)
	}
	if t.Event > Watched {
		b.WriteString(" " + t.Event.String())
	}
	if t.Twin {
		b.WriteString(" (A/A)")
	}
	return b.String()
}

// Again is the trial's A/A twin.
func (t Trial) Again() Trial {
	t.Twin = true
	return t
}

// Computes reports whether any request of the trial needs the CPU for more than itself.
func (t Trial) Computes() bool { return strings.Contains(t.Load.Do+","+t.Hog.Do, "cpu:") }

// Shape is the server's class, workers and threads: "gthread 2×4".
func (s Server) Shape() string {
	return fmt.Sprintf("%s %d×%d", s.Class, s.Workers, max(1, s.Threads))
}

// String is the server in few words.
func (s Server) String() string {
	var b strings.Builder
	if s.App != "" {
		b.WriteString(s.App + " ")
	}
	b.WriteString(s.Shape())
	options := []struct {
		set  bool
		name string
	}{
		{s.GIL, "gil"},
		{s.AppMemory > 0, fmt.Sprintf("%dMB", s.AppMemory>>20)},
		{s.Preload, "preload"},
		{s.Connections > 0, fmt.Sprintf("wc=%d", s.Connections)},
		{s.Backlog > 0, fmt.Sprintf("backlog=%d", s.Backlog)},
		{s.Timeout != 0, fmt.Sprintf("t=%g", orNever(s.Timeout))},
		{s.KeepAlive != 0, fmt.Sprintf("ka=%g", orNever(s.KeepAlive))},
		{s.Upstream > 0, fmt.Sprintf("up=%g", s.Upstream.Seconds())},
		{s.MaxRequests > 0, fmt.Sprintf("r=%d+%d", s.MaxRequests, s.Jitter)},
		{s.ReusePort, "reuse-port"},
		{s.Exclusive, "exclusive"},
	}
	for _, option := range options {
		if option.set {
			b.WriteString(" " + option.name)
		}
	}
	return b.String()
}

// String is the load in few words.
func (l Load) String() string {
	do := l.Do
	if l.Post {
		do = "POST " + do
	}
	switch {
	case l.Clients > 0:
		return fmt.Sprintf("%s n=%d", do, l.Clients)
	case l.Burst > 0:
		return fmt.Sprintf("%s k=%d", do, l.Burst)
	case l.Abreast > 1:
		return fmt.Sprintf("%s %d at once every %.3g s", do, l.Abreast, float64(l.Abreast)/l.Rate)
	}
	return fmt.Sprintf("%s %g/s", do, l.Rate)
}

// overhead is about what a run takes besides warm-up and window on a quiet host, which needs no look at it
// between two runs: start, readings, stop. In the reference run it was 15 ms on average, over 296 runs.
const overhead = 50 * time.Millisecond

// WarmUp is how long the load runs before the window. A burst has none: its first request counts.
func (t Trial) WarmUp() time.Duration {
	if t.Load.Burst > 0 {
		return 0
	}
	return 200 * time.Millisecond
}

// Estimate is about how long the run takes: to start the servers, whose workers are spaced, to load
// them, and until the last request is answered or given up.
func (t Trial) Estimate() time.Duration {
	d := overhead + t.WarmUp() + t.Window + max(t.drain(t.Load), t.drain(t.Hog))
	if t.Memory == Settled {
		d += 250 * time.Millisecond
	}
	boot := t.Server.start()
	if t.System != "" {
		boot += interpreter
	}
	return d + time.Duration(max(1, t.Pods))*boot
}

// interpreter is about what a server in Python takes to start besides.
const interpreter = 300 * time.Millisecond

// start is about how long the server's workers take to boot one after the other.
func (s Server) start() time.Duration {
	const spacing = 50 * time.Millisecond
	boots := s.Workers
	if s.Preload {
		boots = 1
	}
	return time.Duration(s.Workers)*spacing + time.Duration(boots)*s.Boot
}
