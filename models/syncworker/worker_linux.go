package syncworker

import (
	"context"
	"os"
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/server"
	"github.com/workerlab/workerlab/server/blocking"
	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/poll"
	"github.com/workerlab/workerlab/server/scoreboard"
	"github.com/workerlab/workerlab/server/task"
)

// Worker is the real one.
type Worker struct{}

var _ server.Worker = Worker{}

// Procs is 2, though there is one thread. With a single one Go's monitor takes it away in every system
// call that lasts 20 µs, and for that wakes as often: an eighth of the CPU time of a hello.
func (Worker) Procs(server.Settings) int { return 2 }

// Serve accepts and serves one connection after the other.
func (Worker) Serve(ctx context.Context, env *server.Env) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	wake, err := poll.NewWake()
	if err != nil {
		return err
	}
	defer func() { _ = wake.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = wake.Notify() })
	defer stop()
	env.Conns.KeepAlive = 0
	exec := &blocking.Executor{Burner: env.Burner, Lock: env.Lock}
	defer func() {
		for _, ln := range env.Listeners {
			_ = unix.Close(ln)
		}
	}()
	w := &worker{Env: env, wake: wake, thread: &exchange.Thread{Config: env.Conns}, perform: exec.Perform}
	return w.run(ctx)
}

type worker struct {
	*server.Env
	wake    *poll.Wake
	thread  *exchange.Thread
	perform func(task.Op) bool
}

func (w *worker) run(ctx context.Context) error {
	w.Lock.Acquire()
	defer w.Lock.Release()
	var stint poll.Stint
	for ctx.Err() == nil {
		w.beat()
		stint.Rest(w.thread.Now)
		served, err := w.sweep(ctx)
		if err != nil {
			return err
		}
		if served {
			continue
		}
		w.Lock.Release()
		err = w.idle()
		w.Lock.Acquire()
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *worker) beat() {
	w.thread.Now = time.Now()
	w.Page.Beat(scoreboard.At(w.thread.Now))
}

// sweep serves one waiting connection of each listener.
func (w *worker) sweep(ctx context.Context) (served bool, err error) {
	for _, ln := range w.Listeners {
		if ctx.Err() != nil {
			return served, nil
		}
		fd, err := poll.Accept(ln)
		if err != nil {
			return served, err
		}
		if fd >= 0 {
			w.serve(fd)
			served = true
		}
	}
	return served, nil
}

func (w *worker) serve(fd int) {
	w.beat()
	w.Page.Accepted.Add(1)
	w.Page.Connections.Add(1)
	exchange.NewConn(fd).One(w.thread, w.perform)
	_ = unix.Close(fd)
	w.Page.Connections.Add(-1)
	w.Page.Busy.Add(int64(time.Since(w.thread.Now)))
}

// idle waits for a connection, or for the end, for at most half the timeout.
func (w *worker) idle() error {
	pfds := make([]unix.PollFd, 0, 4)
	pfds = append(pfds, unix.PollFd{Fd: int32(w.wake.FD()), Events: unix.POLLIN})
	for _, ln := range w.Listeners {
		pfds = append(pfds, unix.PollFd{Fd: int32(ln), Events: unix.POLLIN})
	}
	var limit *unix.Timespec
	if w.Settings.Timeout > 0 {
		ts := unix.NsecToTimespec(int64(w.Settings.Timeout / 2))
		limit = &ts
	}
	if _, err := unix.Ppoll(pfds, limit, nil); err != nil && err != unix.EINTR {
		return os.NewSyscallError("ppoll", err)
	}
	return nil
}
