package gthread

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/server"
	"github.com/workerlab/workerlab/server/poll"
	"github.com/workerlab/workerlab/server/scoreboard"
)

// Worker is the real one.
type Worker struct{}

var _ server.Worker = Worker{}

// Procs is a processor for each thread up to the number of cores, but at least for four; one for the
// main thread and one to spare. A thread that is blocked in the kernel keeps its processor until the
// runtime takes it back, and until then a lone request would wait for one. More of them do not make 64
// threads faster, and each keeps an allocation cache of some 40 KiB.
func (Worker) Procs(s server.Settings) int { return min(s.Threads, max(4, runtime.NumCPU())) + 2 }

// Serve runs the main thread, on the calling goroutine, and the pool.
func (Worker) Serve(ctx context.Context, env *server.Env) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	w := &worker{Env: env}
	defer w.close()
	if err := w.open(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() {
		env.Conns.Draining.Store(true) // at once: a response under way is then the last of its connection
		_ = w.wake.Notify()
	})
	defer stop()
	var pool sync.WaitGroup
	for id := range env.Settings.Threads {
		pool.Go(func() { w.thread(id) })
	}
	err := w.run(ctx)
	_ = w.done.Notify() // stays readable: every thread sees it
	pool.Wait()
	return err
}

type worker struct {
	*server.Env
	listening *poll.Poller // the main thread's: listeners and wake
	ready     *poll.Poller // the pool's queue: connections, and done
	wake      *poll.Wake
	done      *poll.Wake

	table  []atomic.Pointer[conn] // by descriptor
	held   atomic.Int64           // connections open
	parked atomic.Int64           // of those, idle between two requests
	heed   atomic.Bool            // the main thread wants to know when a connection ends

	// The main thread's own:
	intake    poll.Intake
	conns     []*conn // all that are open, and some that have ended since the last sweep
	nextSweep time.Time
}

func (w *worker) open() (err error) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("getrlimit: %w", err)
	}
	w.table = make([]atomic.Pointer[conn], min(limit.Cur, 1<<20))
	if w.listening, err = poll.New(16); err != nil {
		return err
	}
	if w.ready, err = poll.New(1); err != nil {
		return err
	}
	if w.wake, err = poll.NewWake(); err != nil {
		return err
	}
	if w.done, err = poll.NewWake(); err != nil {
		return err
	}
	if err := w.listening.Add(w.wake.FD(), unix.EPOLLIN); err != nil {
		return err
	}
	if err := w.ready.Add(w.done.FD(), unix.EPOLLIN); err != nil {
		return err
	}
	w.intake = poll.Intake{Poller: w.listening, Listeners: w.Listeners, Most: w.Settings.Connections, Log: w.Log}
	return w.intake.Open()
}

func (w *worker) close() {
	for _, p := range []*poll.Poller{w.listening, w.ready} {
		if p != nil {
			_ = p.Close()
		}
	}
	for _, k := range []*poll.Wake{w.wake, w.done} {
		if k != nil {
			_ = k.Close()
		}
	}
}

// run is the main thread: it beats, accepts, and ends what has been idle for too long.
func (w *worker) run(ctx context.Context) error {
	var stint poll.Stint
	for ctx.Err() == nil || w.held.Load() > 0 {
		events, err := w.listening.Wait(w.patience())
		if err != nil {
			return err
		}
		now := time.Now()
		stint.Rest(now)
		w.Page.Beat(scoreboard.At(now))
		if err := w.turn(ctx, events); err != nil {
			return err
		}
		w.sweep(now)
	}
	return nil
}

func (w *worker) turn(ctx context.Context, events []unix.EpollEvent) error {
	for _, e := range events {
		if int(e.Fd) == w.wake.FD() {
			w.wake.Clear()
		} else if _, err := w.accept(int(e.Fd)); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return w.drain()
	}
	if !w.intake.Resting() {
		return nil
	}
	w.heed.Store(true) // before the look at held: an end after it is told
	err := w.intake.Resume(int(w.held.Load()))
	w.heed.Store(w.intake.Resting())
	return err
}

// drain drops the listeners. It accepts what waits before: a wake-up that this worker consumed would
// otherwise be nobody's.
func (w *worker) drain() error {
	for _, ln := range w.intake.Listeners {
		for accepted := true; accepted; {
			var err error
			if accepted, err = w.accept(ln); err != nil {
				return err
			}
		}
	}
	w.heed.Store(true)
	return w.intake.Close()
}

// accept takes one connection, up to worker-connections, whether a thread is free or not. The main thread is
// under the interpreter lock like the others, but for the call itself (gunicorn/workers/gthread.py): so the
// worker whose threads compute comes later than one whose threads wait, and takes fewer.
func (w *worker) accept(ln int) (accepted bool, err error) {
	w.Lock.Acquire()
	w.Lock.Release()
	fd, err := w.intake.Take(ln, int(w.held.Load()))
	if fd < 0 {
		return false, err
	}
	w.Lock.Acquire()
	defer w.Lock.Release()
	return true, errors.Join(w.admit(fd), err)
}

// admit hands a new connection to the pool. It is registered for writing, which it always is ready for:
// so it is due to a thread at once, which waits for the request itself.
func (w *worker) admit(fd int) error {
	if fd >= len(w.table) {
		return fmt.Errorf("descriptor %d is beyond the table of %d", fd, len(w.table))
	}
	c := newConn(fd)
	w.table[fd].Store(c)
	w.conns = append(w.conns, c)
	w.held.Add(1)
	w.Page.Accepted.Add(1)
	w.Page.Connections.Add(1)
	return w.enqueue(c)
}

// enqueue survives a thread that has served and ended c already, as one may that was told of the
// descriptor's former owner.
func (w *worker) enqueue(c *conn) error {
	err := w.ready.Add(c.FD, unix.EPOLLOUT|unix.EPOLLONESHOT)
	if err == nil || !c.take() {
		return nil
	}
	c.end()
	w.end(c)
	return fmt.Errorf("hand a connection to the threads: %w", err)
}

const (
	sweepEvery = 10 * time.Millisecond // at most this often
	slack      = 1024                  // connections that may have ended before the list is swept for them
)

func (w *worker) patience() time.Duration {
	beat := w.Settings.Beat()
	if w.parked.Load() == 0 {
		return beat
	}
	return min(max(time.Until(w.nextSweep), 0), beat)
}

// sweep ends connections whose keep-alive time is over and forgets those that have ended. All have the
// same time, so one that is parked from now on is not due before now + keep-alive.
func (w *worker) sweep(at time.Time) {
	if at.Before(w.nextSweep) && len(w.conns) < 2*int(w.held.Load())+slack {
		return
	}
	now := at.Sub(epoch)
	next := now + w.Conns.KeepAlive
	w.conns = slices.DeleteFunc(w.conns, func(c *conn) bool {
		due, idle := c.due()
		switch {
		case c.ended():
			return true
		case idle && due <= now:
			return w.overdue(c, due, now)
		case idle:
			next = min(next, due)
		}
		return false
	})
	w.nextSweep = epoch.Add(max(next, now+sweepEvery))
}

// overdue ends a connection that has been idle for too long. One whose next request has arrived is
// not idle: it is in the pool's queue, and waits for a thread.
func (w *worker) overdue(c *conn, due, now time.Duration) (ended bool) {
	if poll.Pending(c.FD, false) {
		c.postpone(due, now+w.Conns.KeepAlive)
		return false
	}
	if !c.expire(due) {
		return false
	}
	w.parked.Add(-1)
	w.end(c)
	return true
}
