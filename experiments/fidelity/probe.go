package fidelity

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/workerlab/workerlab/experiments/rig"
)

// A probe does something to a server and tells what its clients saw. Its error says why nothing could be
// seen.
type probe func(context.Context, *stage) ([]Event, error)

// A stage is the server that is probed.
type stage struct {
	*rig.Running
	addr string
}

func newStage(running *rig.Running) *stage {
	return &stage{running, strings.TrimPrefix(running.URL, "http://")}
}

// get is a request.
func get(path string) string { return "GET " + path + " HTTP/1.1\r\nHost: lab\r\n\r\n" }

// waitFor is a request that waits so long.
func waitFor(d time.Duration) string { return get("/task?do=wait:" + d.String()) }

// filler is so much of a query.
func filler(bytes int) string { return strings.Repeat("x", bytes) }

// signal sends the arbiter a signal.
func (s *stage) signal(sig syscall.Signal) error {
	if err := syscall.Kill(s.PID, sig); err != nil {
		return fmt.Errorf("signal %v to the arbiter: %w", sig, err)
	}
	return nil
}

// busy returns the worker once a request is in flight in it.
func (s *stage) busy(ctx context.Context) (rig.Worker, error) {
	for began := time.Now(); time.Since(began) < patience; {
		board, err := s.Scoreboard(ctx)
		if err != nil {
			return rig.Worker{}, err
		}
		if i := slices.IndexFunc(board, func(w rig.Worker) bool { return w.InFlight > 0 }); i >= 0 {
			return board[i], nil
		}
		if err := pause(ctx, 5*time.Millisecond); err != nil {
			return rig.Worker{}, err
		}
	}
	return rig.Worker{}, fmt.Errorf("no request in flight within %v", patience)
}

// pause waits, or less and says why if ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func timeout(ctx context.Context, s *stage) ([]Event, error) {
	c := dial(ctx, s.addr, "", time.Now())
	defer c.close()
	c.send(waitFor(5 * time.Second))
	c.answer("GET", patience)
	c.watch(watching)
	return c.events, nil
}

func kill(ctx context.Context, s *stage) ([]Event, error) {
	c := dial(ctx, s.addr, "", time.Now())
	defer c.close()
	c.send(waitFor(3 * time.Second))
	worker, err := s.busy(ctx)
	if err != nil {
		return nil, err
	}
	c.began = time.Now()
	if err := syscall.Kill(worker.PID, syscall.SIGKILL); err != nil {
		return nil, fmt.Errorf("kill worker %d: %w", worker.PID, err)
	}
	c.answer("GET", patience)
	c.watch(watching)
	other := dial(ctx, s.addr, "another client", time.Now())
	defer other.close()
	other.send(get("/"))
	other.answer("GET", patience)
	other.timeless() // how long an interpreter takes to start says nothing about a class
	return slices.Concat(c.events, other.events), nil
}

// timeless takes the times away.
func (c *client) timeless() {
	for i := range c.events {
		c.events[i].After = 0
	}
}

func term(ctx context.Context, s *stage) ([]Event, error) {
	return s.signalled(ctx, syscall.SIGTERM, func(other *client, _ int) {
		other.send(get("/"))
		other.answer("GET", patience)
	})
}

func hup(ctx context.Context, s *stage) ([]Event, error) {
	return s.signalled(ctx, syscall.SIGHUP, func(other *client, old int) {
		other.send(get("/whoami"))
		body := other.answer("GET", patience)
		if pid := workerOf(body); pid > 0 {
			other.events[len(other.events)-1].What = by(pid, old)
		}
	})
}

// workerOf is the worker's process in an answer of /whoami; 0: it names none.
func workerOf(body string) (pid int) {
	if found := named.FindStringSubmatch(body); found != nil {
		_, _ = fmt.Sscan(found[1], &pid) // digits
	}
	return pid
}

var named = regexp.MustCompile(`"pid": *([0-9]+)`)

func by(pid, old int) string {
	if pid == old {
		return "200 by the old worker"
	}
	return "200 by a new worker"
}

// signalled gives the arbiter a signal while a request waits, and some time later lets another client come.
func (s *stage) signalled(ctx context.Context, sig syscall.Signal, ask func(other *client, worker int)) ([]Event, error) {
	c := dial(ctx, s.addr, "", time.Now())
	defer c.close()
	c.send(waitFor(3 * time.Second))
	worker, err := s.busy(ctx)
	if err != nil {
		return nil, err
	}
	c.began = time.Now()
	if err := s.signal(sig); err != nil {
		return nil, err
	}
	return beside(ctx, c, s.addr, settling, func() {
		c.answer("GET", patience)
		c.watch(lasting)
	}, func(other *client) { ask(other, worker.PID) })
}

// beside lets another client come so much later, while the first one does what it does.
func beside(ctx context.Context, c *client, addr string, later time.Duration, first func(), second func(*client)) ([]Event, error) {
	var doing sync.WaitGroup
	doing.Go(first)
	err := pause(ctx, later)
	other := dial(ctx, addr, "another client", c.began)
	defer other.close()
	if err == nil {
		second(other)
	}
	doing.Wait()
	return slices.Concat(c.events, other.events), errors.Join(err, context.Cause(ctx))
}

func termIdle(ctx context.Context, s *stage) ([]Event, error) {
	c := dial(ctx, s.addr, "", time.Now())
	defer c.close()
	c.send(get("/"))
	c.answer("GET", patience)
	if err := pause(ctx, settling/2); err != nil {
		return nil, err
	}
	c.began = time.Now()
	if err := s.signal(syscall.SIGTERM); err != nil {
		return nil, err
	}
	c.watch(patience)
	return c.events, nil
}

func idle(ctx context.Context, s *stage) ([]Event, error) {
	c := dial(ctx, s.addr, "", time.Now())
	defer c.close()
	c.send(get("/"))
	c.answer("GET", patience)
	c.watch(lasting)
	return c.events, nil
}

// unfinished is a probe with a client that sends the beginning of a request.
func unfinished(beginning string) probe {
	return func(ctx context.Context, s *stage) ([]Event, error) {
		c := dial(ctx, s.addr, "", time.Now())
		defer c.close()
		c.send(beginning)
		return beside(ctx, c, s.addr, watching/2, func() {
			c.answer("GET", longWatch)
			c.watch(longWatch - time.Since(c.began))
		}, func(other *client) {
			other.send(get("/"))
			other.answer("GET", longWatch)
		})
	}
}

func pipelining(ctx context.Context, s *stage) ([]Event, error) {
	c := dial(ctx, s.addr, "", time.Now())
	defer c.close()
	c.send(get("/") + get("/"))
	c.answer("GET", lasting)
	c.answer("GET", lasting)
	c.watch(lasting)
	return c.events, nil
}

// syntax is the behaviour towards one request as it stands.
func syntax(id, does, request string) Behaviour {
	method, _, _ := strings.Cut(request, " ")
	return Behaviour{
		ID: id, Does: does, Slack: busyHost, Takes: watching,
		probe: func(ctx context.Context, s *stage) ([]Event, error) {
			c := dial(ctx, s.addr, "", time.Now())
			defer c.close()
			c.send(request)
			c.answer(method, patience)
			c.watch(watching)
			return c.events, nil
		},
	}
}

func expect(ctx context.Context, s *stage) ([]Event, error) {
	c := dial(ctx, s.addr, "", time.Now())
	defer c.close()
	c.send("POST /echo HTTP/1.1\r\nHost: lab\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
	c.answer("POST", watching)
	c.send("hello")
	c.answer("POST", patience)
	c.watch(watching)
	return c.events, nil
}
