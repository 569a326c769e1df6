package spec

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// A Server is the size and the configuration of a pre-fork server, under gunicorn's names. A zero field
// stands for gunicorn's default, which Filled puts in its place; a time of Never is switched off. Tags are the
// keys of a scenario file, of what is simulated.
type Server struct {
	Class       string        `yaml:"class" json:",omitzero"`               // worker class, by gunicorn's name; "": DefaultClass
	Workers     int           `yaml:"workers" json:",omitzero"`             // processes; 0: 1
	Threads     int           `yaml:"threads" json:",omitzero"`             // a worker, of the class that has them; 0: 1
	Connections int           `yaml:"worker_connections" json:",omitzero"`  // worker-connections: the most that a worker holds at once (not sync); 0: 1000
	Backlog     int           `yaml:"backlog" json:",omitzero"`             // connections that wait to be accepted; the kernel caps it at somaxconn; 0: 2048
	Timeout     time.Duration `yaml:"timeout" json:",omitzero"`             // silence after which a worker is killed; 0: 30 s
	KeepAlive   time.Duration `yaml:"keepalive" json:",omitzero"`           // how long an idle connection is kept; 0: 2 s
	MaxRequests int           `yaml:"max_requests" json:",omitzero"`        // after which a worker is replaced; 0: never
	Jitter      int           `yaml:"max_requests_jitter" json:",omitzero"` // max-requests-jitter: at most so many more, drawn once a worker
	ReusePort   bool          `yaml:"-" json:",omitzero"`                   // a listening socket per worker (SO_REUSEPORT)
	Exclusive   bool          `yaml:"-" json:",omitzero"`                   // event loops register listeners with EPOLLEXCLUSIVE
	Preload     bool          `yaml:"-" json:",omitzero"`                   // the app's memory is shared copy-on-write, and its boot work done once
	AppMemory   int64         `yaml:"-" json:",omitzero"`                   // bytes of state that the app holds in each worker
	Boot        time.Duration `yaml:"boot" json:",omitzero"`                // work on a core that a worker does before it serves, as importing an app would
	GIL         bool          `yaml:"gil" json:",omitzero"`                 // threads share an interpreter lock
	Switch      time.Duration `yaml:"switch_interval" json:",omitzero"`     // the lock's switch interval; 0: CPython's 5 ms
}

// Never switches off a time of which zero is the default.
const Never time.Duration = -1

// DefaultClass is the class that gunicorn starts where none is asked for.
const DefaultClass = "sync"

// Filled is the server with every default in its place. Filled again, it stays the same.
func (s Server) Filled() Server {
	s.Class = cmp.Or(s.Class, DefaultClass)
	s.Workers, s.Threads = cmp.Or(s.Workers, 1), cmp.Or(s.Threads, 1)
	s.Connections, s.Backlog = cmp.Or(s.Connections, 1000), cmp.Or(s.Backlog, 2048)
	s.Timeout, s.KeepAlive = cmp.Or(s.Timeout, 30*time.Second), cmp.Or(s.KeepAlive, 2*time.Second)
	s.Switch = cmp.Or(s.Switch, 5*time.Millisecond) // sys.getswitchinterval()
	return s
}

// Shape is the class, workers and threads: "gthread 2×4".
func (s Server) Shape() string {
	f := s.Filled()
	return fmt.Sprintf("%s %d×%d", f.Class, f.Workers, f.Threads)
}

// String is the server in few words: its shape, and what differs from the defaults.
func (s Server) String() string {
	var b strings.Builder
	b.WriteString(s.Shape())
	for _, option := range []struct {
		set  bool
		name string
	}{
		{s.GIL, "gil"},
		{s.AppMemory > 0, fmt.Sprintf("%dMB", s.AppMemory>>20)},
		{s.Preload, "preload"},
		{s.Connections > 0, fmt.Sprintf("wc=%d", s.Connections)},
		{s.Backlog > 0, fmt.Sprintf("backlog=%d", s.Backlog)},
		{s.Timeout != 0, fmt.Sprintf("t=%g", Seconds(s.Timeout))},
		{s.KeepAlive != 0, fmt.Sprintf("ka=%g", Seconds(s.KeepAlive))},
		{s.MaxRequests > 0, fmt.Sprintf("r=%d+%d", s.MaxRequests, s.Jitter)},
		{s.ReusePort, "reuse-port"},
		{s.Exclusive, "exclusive"},
	} {
		if option.set {
			b.WriteString(" " + option.name)
		}
	}
	return b.String()
}

// Seconds are those of a time that may be Never, which is -1.
func Seconds(d time.Duration) float64 {
	if d == Never {
		return -1
	}
	return d.Seconds()
}

// On is how long a time lasts that may be Never: then 0, as where something is not done at all.
func On(d time.Duration) time.Duration { return max(0, d) }
