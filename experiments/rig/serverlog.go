package rig

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/workerlab/workerlab/experiments/launch"
)

// A ServerLog reads a server's structured log as it is written: the addresses and the readiness it
// announces, its workers' starts and ends, and its last lines for messages about its end. The log is
// that of `workerlab serve --log-format json`; lines of any other form are only kept as last lines.
type ServerLog struct {
	// Workers is how many must have booted for a server to be ready that does not say so itself; 0: it
	// does.
	Workers int

	launch.LastLines
	mu      sync.Mutex
	server  Running
	changes []Change
	booted  int
	readyAt time.Time
	ready   chan struct{} // closed once the server says so
}

// NewServerLog reads the log of a server that says when it is ready.
func NewServerLog() *ServerLog {
	l := &ServerLog{ready: make(chan struct{})}
	l.Each = l.line
	return l
}

func (l *ServerLog) line(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	event, ok := parseLine(text)
	if !ok {
		return
	}
	at := onOurClock(event.Time)
	switch event.Msg {
	case "worker booted":
		l.changes = append(l.changes, Change{PID: event.PID, At: at})
		if l.booted++; l.booted == l.Workers {
			l.readyNow(at)
		}
	case "worker exited":
		l.changes = append(l.changes, Change{event.PID, true, at})
	case "listening":
		l.server.URL = event.Addr
	case "metrics":
		l.server.Board = webBoard(boardURL(event.Addr))
	case "ready":
		l.readyNow(at)
	}
}

func (l *ServerLog) readyNow(at time.Time) {
	select {
	case <-l.ready:
	default:
		l.readyAt = at
		close(l.ready)
	}
}

// A logLine is what is read of a line of the log.
type logLine struct {
	Time time.Time
	Msg  string
	Addr string
	PID  int
}

// parseLine reads a line. A worker's long one, such as the stacks of an aborted worker, is not written
// to the pipe at once: the arbiter's may stand in the midst of it, and then ends it.
func parseLine(text string) (line logLine, ok bool) {
	if json.Unmarshal([]byte(text), &line) == nil {
		return line, true
	}
	line = logLine{}
	begin := strings.LastIndex(text, `{"time":`)
	return line, begin > 0 && json.Unmarshal([]byte(text[begin:]), &line) == nil
}

// onOurClock adds to a time of the log, which comes from the wall clock, the reading that our own times
// are compared by. One that is missing is now.
func onOurClock(at time.Time) time.Time {
	now := time.Now()
	if at.IsZero() {
		return now
	}
	return now.Add(at.Sub(now))
}

// Changes are the workers' starts and ends that the log has told.
func (l *ServerLog) Changes() []Change {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.changes)
}

func boardURL(addr string) string {
	if !strings.Contains(addr, "://") {
		addr = "http://" + addr
	}
	return strings.TrimSuffix(addr, "/metrics") + "/scoreboard"
}

// Wait returns the server once its log says that it is ready.
func (l *ServerLog) Wait(ctx context.Context, p *launch.Process) (*Running, error) {
	if err := p.Ready(ctx, l.ready); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	server := l.server
	server.PID, server.Stop, server.Changes = p.PID, p.Stop, l.Changes
	server.Took = l.readyAt.Sub(p.Began)
	return &server, nil
}
