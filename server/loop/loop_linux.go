package loop

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/gil"
	"github.com/workerlab/workerlab/server/poll"
	"github.com/workerlab/workerlab/server/scoreboard"
	"github.com/workerlab/workerlab/server/task"
)

// Options are a loop's manners and surroundings.
type Options struct {
	Listeners   []int // non-blocking descriptors
	Conns       *exchange.Config
	Page        *scoreboard.Page
	Lock        *gil.Lock // held while coroutines run, released while the loop waits; nil: none
	Burner      task.Burner
	Log         *slog.Logger
	Connections int // the most connections held at once; at the limit the loop stops accepting

	// AcceptBatch is how many connections are taken from a listener in one turn; 0: all that wait.
	AcceptBatch int
	// Exclusive registers listeners with EPOLLEXCLUSIVE: the kernel then wakes one idle loop for a
	// connection, not all of them.
	Exclusive bool
}

// beatEvery is the longest a loop waits before it shows the arbiter that it lives.
const beatEvery = time.Second

// Serve accepts and serves until ctx is done, then drains: see server.Worker. It must be called on the
// goroutine that is to be the loop, which it locks to its thread.
func Serve(ctx context.Context, o Options) error {
	runtime.LockOSThread() // before the first iter.Pull: coroutines belong to the thread that made them
	defer runtime.UnlockOSThread()
	l := &loop{Options: o, thread: &exchange.Thread{Config: o.Conns}}
	if err := l.open(); err != nil {
		return err
	}
	defer l.close()
	stop := context.AfterFunc(ctx, func() {
		o.Conns.Draining.Store(true) // at once: a response under way is then the last of its connection
		_ = l.wake.Notify()
	})
	defer stop()
	return l.run(ctx)
}

type loop struct {
	Options
	thread *exchange.Thread
	poller *poll.Poller
	wake   *poll.Wake
	timers poll.Timers[*coro]

	epoch     time.Time // of clock
	clock     time.Duration
	streams   []*stream // by descriptor
	held      int       // connections open
	accepting bool
	draining  bool
}

func (l *loop) open() (err error) {
	l.epoch = time.Now()
	if l.poller, err = poll.New(256); err != nil {
		return err
	}
	if l.wake, err = poll.NewWake(); err != nil {
		return err
	}
	if err := l.poller.Add(l.wake.FD(), unix.EPOLLIN); err != nil {
		return err
	}
	return l.intake(true)
}

func (l *loop) close() {
	if l.wake != nil {
		_ = l.wake.Close()
	}
	_ = l.poller.Close()
}

// run is one turn after the other until the loop has drained.
func (l *loop) run(ctx context.Context) error {
	l.Lock.Acquire()
	defer l.Lock.Release()
	for !l.draining || l.held > 0 {
		l.Lock.Release()
		events, err := l.poller.Wait(l.patience())
		l.Lock.Acquire()
		if err != nil {
			return err
		}
		began := l.tick()
		if ctx.Err() != nil && !l.draining {
			if err := l.drain(); err != nil {
				return err
			}
		}
		if err := l.turn(events); err != nil {
			return err
		}
		l.Page.Busy.Add(int64(time.Since(began)))
	}
	return nil
}

// turn meets what has become ready and then what has become due: bytes that came in time are served
// even where the loop, held up by a computation, comes to them late (see late).
func (l *loop) turn(events []unix.EpollEvent) error {
	for i := range events {
		if err := l.dispatch(int(events[i].Fd), events[i].Events); err != nil {
			return err
		}
	}
	l.expire()
	if !l.draining && !l.accepting && l.held < l.Connections {
		return l.intake(true)
	}
	return nil
}

// tick reads the clock once for the whole turn.
func (l *loop) tick() time.Time {
	now := time.Now()
	l.thread.Now = now
	l.clock = now.Sub(l.epoch)
	l.Page.Beat(scoreboard.At(now))
	return now
}

func (l *loop) patience() time.Duration {
	at, ok := l.timers.Next()
	if !ok {
		return beatEvery
	}
	return min(max(at-time.Since(l.epoch), 0), beatEvery)
}

func (l *loop) dispatch(fd int, events uint32) error {
	switch {
	case l.isListener(fd):
		return l.accept(fd, l.AcceptBatch)
	case fd == l.wake.FD():
		l.wake.Clear()
	default:
		if s := l.streams[fd]; s != nil {
			l.ready(s, events)
		}
	}
	return nil
}

func (l *loop) isListener(fd int) bool {
	for _, ln := range l.Listeners {
		if ln == fd {
			return true
		}
	}
	return false
}

// intake starts or stops to listen.
func (l *loop) intake(on bool) error {
	if l.accepting == on {
		return nil
	}
	l.accepting = on
	mask := uint32(unix.EPOLLIN)
	if l.Exclusive {
		mask |= unix.EPOLLEXCLUSIVE
	}
	for _, ln := range l.Listeners {
		if !on {
			if err := l.poller.Remove(ln); err != nil {
				return err
			}
		} else if err := l.poller.Add(ln, mask); err != nil {
			return err
		}
	}
	return nil
}

// accept takes up to batch connections (0: all that wait) and runs each until its first wait.
func (l *loop) accept(ln, batch int) error {
	for n := 0; l.accepting && (batch == 0 || n < batch); n++ {
		fd, err := poll.Accept(ln)
		if err != nil {
			return l.refuse(err)
		}
		if fd < 0 {
			return nil
		}
		if l.held++; l.held >= l.Connections {
			if err := l.intake(false); err != nil {
				return err
			}
		}
		l.Page.Accepted.Add(1)
		l.Page.Connections.Add(1)
		l.start(exchange.NewConn(fd))
	}
	return nil
}

// refuse survives an accept that failed for want of descriptors or memory: the loop goes on with the
// connections it has and tries again when one has ended.
func (l *loop) refuse(err error) error {
	if l.held == 0 {
		return fmt.Errorf("accept a first connection: %w", err)
	}
	l.Log.Warn("cannot accept; waiting for a connection to end", "err", err, "connections", l.held)
	return l.intake(false)
}

// drain drops the listeners. It accepts once more before: a wake-up that this loop consumed would
// otherwise be nobody's. It closes them, so that a server that stops refuses clients instead of
// letting them queue for nothing.
func (l *loop) drain() error {
	l.draining = true
	for _, ln := range l.Listeners {
		if err := l.accept(ln, 0); err != nil {
			return err
		}
	}
	if err := l.intake(false); err != nil {
		return err
	}
	for _, ln := range l.Listeners {
		_ = unix.Close(ln)
	}
	l.Listeners = nil // their numbers are others' from now on
	return nil
}
