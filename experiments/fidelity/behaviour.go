package fidelity

import (
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/models/spec"
)

// A Behaviour is what is done to a server, to see what its clients see.
type Behaviour struct {
	ID      string
	Does    string        // one sentence; times are told from where it says
	Timeout time.Duration // --timeout of both servers; 0: the default
	Idle    time.Duration // --keep-alive of both; 0: the default
	Slack   time.Duration // by how much times may differ and be the same
	Takes   time.Duration // about, the servers' start left out
	probe   probe
}

// How much times may differ. What a server does at once is seen late because others' servers start on the
// same cores. What gunicorn decides in a loop that turns once a second (Arbiter.sleep, the run loops of
// gthread, gevent and eventlet, the periodic callbacks of tornado) comes up to a second late besides, at
// random.
const (
	busyHost   = 700 * time.Millisecond
	secondLoop = busyHost + time.Second
)

// Times that clients take, far enough from those of the servers.
const (
	patience = 10 * time.Second        // for what is sure to come
	watching = time.Second             // for the end of a connection that ends with its answer
	lasting  = 5 * time.Second         // for the end of one that is idle, where 2 s of that are allowed
	settling = 1500 * time.Millisecond // until every loop that turns once a second has turned
)

// longWatch is long enough to see that our server gives a client 30 s for a head (--header-timeout).
const longWatch = 33 * time.Second

// Behaviours are all that are compared.
func Behaviours() []Behaviour {
	return []Behaviour{
		{
			ID: "timeout", Does: "A request waits for 5 s at --timeout 2. Times from the request.",
			Timeout: 2 * time.Second, Slack: secondLoop, Takes: 6 * time.Second, probe: timeout,
		},
		{
			ID: "kill", Does: "The only worker gets SIGKILL while a request waits for 3 s. Times from the signal.",
			Slack: busyHost, Takes: time.Second, probe: kill,
		},
		{
			ID: "term", Does: "The arbiter gets SIGTERM while a request waits for 3 s; 1.5 s later another client comes. Times from the signal.",
			Slack: secondLoop, Takes: 8 * time.Second, probe: term,
		},
		{
			ID: "term-idle", Does: "The arbiter gets SIGTERM while a connection is idle, at --keep-alive 8. Times from the signal.",
			Idle: 8 * time.Second, Slack: secondLoop, Takes: 9 * time.Second, probe: termIdle,
		},
		{
			ID: "hup", Does: "The arbiter gets SIGHUP while a request waits for 3 s; 1.5 s later another client comes. Times from the signal.",
			Slack: secondLoop, Takes: 8 * time.Second, probe: hup,
		},
		{
			ID: "keep-alive", Does: "A connection is left idle after an answer, at --keep-alive 2. Times from the request.",
			Idle: 2 * time.Second, Slack: secondLoop, Takes: 6 * time.Second, probe: idle,
		},
		{
			ID: "silence", Does: "A client connects and sends nothing, at --timeout 3; 0.5 s later another one comes. Times from the connection.",
			Timeout: 3 * time.Second, Slack: secondLoop, Takes: longWatch, probe: unfinished(""),
		},
		{
			ID: "half-head", Does: "A client sends half a head, at --timeout 3; 0.5 s later another one comes. Times from the connection.",
			Timeout: 3 * time.Second, Slack: secondLoop, Takes: longWatch, probe: unfinished("GET / HTTP/1.1\r\nHost: lab\r\n"),
		},
		{
			ID: "pipelining", Does: "Two requests come in one segment, at --keep-alive 2.",
			Idle: 2 * time.Second, Slack: secondLoop, Takes: 6 * time.Second, probe: pipelining,
		},
		syntax("http-1.0", "A request of HTTP/1.0.", "GET / HTTP/1.0\r\n\r\n"),
		syntax("http-1.0-keep", "A request of HTTP/1.0 with Connection: keep-alive.", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
		syntax("head", "A HEAD request.", "HEAD / HTTP/1.1\r\nHost: lab\r\n\r\n"),
		syntax("bad-line", "A request line of one word.", "nonsense\r\n\r\n"),
		syntax("long-line", "A request line of 5000 bytes, where 4094 are allowed.", "GET /?"+filler(5000-len("GET /? HTTP/1.1"))+" HTTP/1.1\r\nHost: lab\r\n\r\n"),
		syntax("two-lengths", "A request with two different Content-Lengths.", "POST /echo HTTP/1.1\r\nHost: lab\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"),
		syntax("chunked", "A request body in chunks, which the application echoes.", "POST /echo HTTP/1.1\r\nHost: lab\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"),
		{
			ID: "expect", Does: "A client waits a second for 100 Continue before it sends its body, which the application echoes.",
			Slack: secondLoop, Takes: 2 * watching, probe: expect,
		},
	}
}

// Classes are the worker classes that both have.
func Classes() []string {
	return catalog.Where(func(m models.Model) bool { return !m.Ours && !m.Awaits })
}

// trial is the behaviour's server: one worker, of two threads where it has threads, so that one is free
// while the other serves.
func (b Behaviour) trial(system, class string) trial.Trial {
	s := catalog.Python(spec.Server{Class: class, Workers: 1, Timeout: b.Timeout, KeepAlive: b.Idle})
	if s.GIL {
		s.Threads = 2
	}
	return trial.Trial{System: system, Server: s, Place: trial.Share}
}
