package trial

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

// A Trial is all that defines one run. Two trials with the same Cell are the same trial, whichever
// experiments they belong to.
type Trial struct {
	System   string // the software that serves; "": our own
	App      string // what other software than ours hosts: its kind; "": the plain application
	Server   spec.Server
	Upstream time.Duration // how long a web server in front keeps an idle connection to it; 0: not at all
	Pods     int           // so many such servers behind a blind balancer that splits the load at random; 0: one
	Place    Place         // which cores server and generator have
	Load     spec.Load     // the requests whose latency and throughput count
	Hog      spec.Load     // runs beside it on connections of its own; zero: nothing does
	Slow     Slow          // clients that dawdle all through the window; zero: none
	Window   time.Duration // measured time, after the warm-up and before the drain
	Memory   Memory        // when memory is read
	Event    Event         // what befalls the server …
	At       time.Duration // … this far into the window
	Twin     bool          // the duplicate of the trial that is otherwise equal (A/A)

	// The rest says how often and among which others it runs, and is no part of its identity.

	Group   string // trials of one group are interleaved with each other
	Blocks  int    // repetitions
	Untimed bool   // contention for the cores does not change what is read of it, so it does not taint it
	Traced  bool   // every request's times and demands are recorded
	// Together runs the trial at the same time as the others of its group and block that are. It is
	// for servers that hardly work and are watched for seconds; a group is Together or it is not.
	Together bool
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
	All                // both on all cores that this process may use, as a deployment has them
)

// String is the place's name in cells.
func (p Place) String() string {
	switch p {
	case Pin:
		return "pin"
	case Share:
		return "share"
	case All:
		return "all"
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

// Cell is the trial flattened: every axis is always there, so that records make one table. What an axis is where a
// cell does not have it is declared in results.
func (t Trial) Cell() results.Cell {
	cell := ServerCell(t.Server)
	cell["app"], cell["upstream_seconds"] = t.App, t.Upstream.Seconds()
	cell["system"] = t.Software()
	cell["pods"] = max(1, t.Pods)
	cell["place"] = t.Place.String()
	cell["window_seconds"] = t.Window.Seconds()
	cell["memory"] = t.Memory.String()
	cell["event"], cell["at_seconds"] = t.Event.String(), t.At.Seconds()
	cell["slow_clients"], cell["slow_seconds"] = t.Slow.Clients, t.Slow.Over.Seconds()
	cell["slow_read_bytes"], cell["slow_post_bytes"] = t.Slow.Read, t.Slow.Post
	cell["twin"] = t.Twin
	fill(cell, "", t.Load)
	fill(cell, "hog_", t.Hog)
	return cell
}

// ServerCell are the axes that are a server's.
func ServerCell(s spec.Server) results.Cell {
	return results.Cell{
		"class": s.Class, "workers": s.Workers, "threads": max(1, s.Threads),
		"gil": s.GIL, "switch_seconds": s.Switch.Seconds(),
		"app_memory_bytes": s.AppMemory, "preload": s.Preload, "boot_seconds": s.Boot.Seconds(),
		"worker_connections": s.Connections, "backlog": s.Backlog,
		"timeout_seconds": spec.Seconds(s.Timeout), "keepalive_seconds": spec.Seconds(s.KeepAlive),
		"max_requests": s.MaxRequests, "max_requests_jitter": s.Jitter,
		"reuse_port": s.ReusePort, "exclusive": s.Exclusive,
	}
}

func fill(cell results.Cell, prefix string, l spec.Load) {
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

// Software is the name of what serves.
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
	if t.App != "" {
		b.WriteString(t.App + " ")
	}
	b.WriteString(t.Server.String())
	if t.Upstream > 0 {
		fmt.Fprintf(&b, " up=%g", t.Upstream.Seconds())
	}
	b.WriteString(" " + t.Load.String())
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

// overhead is about what a run takes besides warm-up and window on a quiet host, which needs no look at it
// between two runs: start, readings, stop. In the reference run it was 15 ms on average, over 296 runs.
const overhead = 50 * time.Millisecond

// WarmUp is how long the load runs before the window. A burst has none: its first request counts.
func (t Trial) WarmUp() time.Duration {
	if t.Load.Burst > 0 {
		return 0
	}
	if t.Place == All {
		return LongWarmUp
	}
	return 200 * time.Millisecond
}

// LongWarmUp is the warm-up of an application that nobody knows, which has more to get used to.
const LongWarmUp = 500 * time.Millisecond

// Estimate is about how long the run takes: to start the servers, whose workers are spaced, to load
// them, and until the last request is answered or given up.
func (t Trial) Estimate() time.Duration {
	d := overhead + t.WarmUp() + t.Window + max(t.drain(t.Load), t.drain(t.Hog))
	if t.Memory == Settled {
		d += 250 * time.Millisecond
	}
	boot := start(t.Server)
	if t.System != "" {
		boot += interpreter
	}
	return d + time.Duration(max(1, t.Pods))*boot
}

// interpreter is about what a server in Python takes to start besides.
const interpreter = 300 * time.Millisecond

// start is about how long the server's workers take to boot one after the other.
func start(s spec.Server) time.Duration {
	const spacing = 50 * time.Millisecond
	boots := s.Workers
	if s.Preload {
		boots = 1
	}
	return time.Duration(s.Workers)*spacing + time.Duration(boots)*s.Boot
}
