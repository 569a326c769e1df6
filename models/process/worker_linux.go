package process

import (
	"context"
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/server"
	"github.com/workerlab/workerlab/server/blocking"
	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/poll"
	"github.com/workerlab/workerlab/server/scoreboard"
)

// Worker is the real one.
type Worker struct{}

var _ server.Forker = Worker{}

// Forks implements server.Forker.
func (Worker) Forks() {}

// Procs is 2, as of a sync worker: with a single one Go's monitor wakes in every wait.
func (Worker) Procs(server.Settings) int { return 2 }

// Serve accepts and starts a process for each connection or, in such a process, serves the connection.
func (Worker) Serve(ctx context.Context, env *server.Env) error {
	runtime.LockOSThread() // the processes die with the thread that started them
	defer runtime.UnlockOSThread()
	if env.Conns.KeepAlive != 0 { // or the worker has done so, where its processes share it
		env.Conns.KeepAlive = 0
	}
	if env.Connection != 0 {
		serve(env)
		return nil
	}
	w := &worker{Env: env, children: make(map[int]server.Child)}
	if err := w.open(ctx); err != nil {
		return err
	}
	defer w.close()
	return w.run(ctx)
}

// serve answers the one request of the connection, and closes it.
func serve(env *server.Env) {
	th := &exchange.Thread{Config: env.Conns, Now: time.Now()}
	exec := &blocking.Executor{Burner: env.Burner, Lock: env.Lock}
	env.Lock.Acquire()
	exchange.NewConn(env.Connection).One(th, exec.Perform)
	env.Lock.Release()
	_ = unix.Close(env.Connection)
	env.Page.Busy.Add(int64(time.Since(th.Now)))
}

// A worker starts processes and reaps them.
type worker struct {
	*server.Env
	poller   *poll.Poller
	wake     *poll.Wake
	stop     func() bool
	intake   poll.Intake
	children map[int]server.Child // by the descriptor that tells of their end
}

func (w *worker) open(ctx context.Context) (err error) {
	const batch = 64
	if w.poller, err = poll.New(batch); err != nil {
		return err
	}
	if w.wake, err = poll.NewWake(); err != nil {
		return err
	}
	w.stop = context.AfterFunc(ctx, func() { _ = w.wake.Notify() })
	if err := w.poller.Add(w.wake.FD(), unix.EPOLLIN); err != nil {
		return err
	}
	w.intake = poll.Intake{
		Poller: w.poller, Listeners: w.Listeners, Most: w.Settings.Connections, Exclusive: w.Settings.Exclusive, Log: w.Log,
	}
	return w.intake.Open()
}

func (w *worker) close() {
	w.stop()
	_ = w.wake.Close()
	_ = w.poller.Close()
}

// run goes on until ctx is done and the last process has ended.
func (w *worker) run(ctx context.Context) error {
	draining := false
	for {
		w.Page.Beat(scoreboard.Clock())
		if ctx.Err() != nil && !draining {
			draining = true
			if err := w.intake.Close(); err != nil {
				return err
			}
		}
		if draining && len(w.children) == 0 {
			return nil
		}
		events, err := w.poller.Wait(w.Settings.Beat())
		if err != nil {
			return err
		}
		for _, e := range events {
			if err := w.turn(ctx, int(e.Fd)); err != nil {
				return err
			}
		}
	}
}

// turn does what a descriptor asks for.
func (w *worker) turn(ctx context.Context, fd int) error {
	switch child, ended := w.children[fd]; {
	case ended:
		return w.reap(ctx, fd, child)
	case w.intake.Owns(fd):
		return w.accept(fd)
	}
	w.wake.Clear()
	return nil
}

// accept starts a process for a connection that waits.
func (w *worker) accept(ln int) error {
	fd, err := w.intake.Take(ln, len(w.children))
	if err != nil || fd < 0 {
		return err
	}
	defer func() { _ = unix.Close(fd) }() // the process has a copy
	w.Page.Accepted.Add(1)
	child, err := w.Start(fd)
	if err != nil {
		w.Log.Error("cannot start a process for a connection; it is closed", "err", err, "processes", len(w.children))
		return nil
	}
	w.children[child.Ended] = child
	w.Page.Connections.Add(1)
	return w.poller.Add(child.Ended, unix.EPOLLIN)
}

// reap is told that a process has ended. The worker retires when all of them have served its requests.
func (w *worker) reap(ctx context.Context, fd int, child server.Child) error {
	if err := w.poller.Remove(fd); err != nil {
		return err
	}
	delete(w.children, fd)
	child.Reap()
	w.Page.Connections.Add(-1)
	if len(w.children) == 0 {
		w.Page.InFlight.Store(0) // of one that crashed, the request is still counted
	}
	if most := w.Conns.MaxRequests; most > 0 && w.Page.Requests.Load() >= most && ctx.Err() == nil {
		w.Conns.Retire()
	}
	return w.intake.Resume(len(w.children))
}
