package loop

import (
	"cmp"
	"context"
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

	// Beat is the longest that a loop with nothing to do waits before it shows the arbiter that it
	// lives; 0: a second.
	Beat time.Duration

	// AcceptBatch is how many connections are taken from a listener in one turn; 0: all that wait.
	AcceptBatch int
	// Exclusive registers listeners with EPOLLEXCLUSIVE: the kernel then wakes one idle loop for a
	// connection, not all of them.
	Exclusive bool
}

// Serve accepts and serves until ctx is done, then drains: see server.Worker. It must be called on the
// goroutine that is to be the loop, which it locks to its thread.
func Serve(ctx context.Context, o Options) error {
	runtime.LockOSThread() // before the first iter.Pull: coroutines belong to the thread that made them
	defer runtime.UnlockOSThread()
	l := &loop{Options: o, thread: &exchange.Thread{Config: o.Conns}}
	l.thread.Offer = l.offer
	defer l.close()
	if err := l.open(); err != nil {
		return err
	}
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

	intake poll.Intake

	epoch    time.Time // of clock
	clock    time.Duration
	turns    uint64
	streams  []*stream // by descriptor
	held     int       // connections open
	draining bool
	left     int     // transfers left of the running coroutine's share
	waiting  []*coro // have had their share and go on when the others have had theirs
	turned   []*coro // room for next to swap with it
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
	l.intake = poll.Intake{
		Poller: l.poller, Listeners: l.Listeners, Most: l.Connections, Exclusive: l.Exclusive, Log: l.Log,
	}
	return l.intake.Open()
}

func (l *loop) close() {
	if l.wake != nil {
		_ = l.wake.Close()
	}
	if l.poller != nil {
		_ = l.poller.Close()
	}
}

// run is one turn after the other until the loop has drained.
func (l *loop) run(ctx context.Context) error {
	l.Lock.Acquire()
	defer l.Lock.Release()
	var stint poll.Stint
	for !l.draining || l.held > 0 {
		l.Lock.Release()
		stint.Rest(l.thread.Now)
		events, err := l.poller.Wait(l.patience())
		l.Lock.Acquire()
		if err != nil {
			return err
		}
		l.tick()
		began := l.clock
		if ctx.Err() != nil && !l.draining {
			if err := l.drain(); err != nil {
				return err
			}
		}
		if err := l.turn(events); err != nil {
			return err
		}
		l.clock = time.Since(l.epoch)
		l.Page.Busy.Add(int64(l.clock - began))
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
	l.next()
	l.expire()
	return l.intake.Resume(l.held)
}

// tick reads the clock for the turn.
func (l *loop) tick() {
	now := time.Now()
	l.thread.Now = now
	l.turns++
	l.clock = now.Sub(l.epoch)
	l.Page.Beat(scoreboard.At(now))
}

func (l *loop) patience() time.Duration {
	if len(l.waiting) > 0 {
		return 0
	}
	beat := cmp.Or(l.Beat, time.Second)
	at, ok := l.timers.Next()
	if !ok {
		return beat
	}
	return min(max(at-l.clock, 0), beat)
}

func (l *loop) dispatch(fd int, events uint32) error {
	switch {
	case l.intake.Owns(fd):
		return l.accept(fd, l.AcceptBatch)
	case fd == l.wake.FD():
		l.wake.Clear()
	case fd < len(l.streams):
		// What this turn has closed has no stream any more, and the next owner of its number had none
		// when the kernel was asked.
		if s := l.streams[fd]; s != nil && s.since != l.turns {
			l.ready(s, events)
		}
	}
	return nil
}

// accept takes up to batch connections (0: all that wait) and runs each until its first wait.
func (l *loop) accept(ln, batch int) error {
	for n := 0; batch == 0 || n < batch; n++ {
		fd, err := l.intake.Take(ln, l.held)
		if fd < 0 {
			return err
		}
		l.held++
		l.Page.Accepted.Add(1)
		l.Page.Connections.Add(1)
		l.start(exchange.NewConn(fd))
		if err != nil {
			return err
		}
	}
	return nil
}

// drain drops the listeners. It accepts once more before: a wake-up that this loop consumed would
// otherwise be nobody's.
func (l *loop) drain() error {
	l.draining = true
	for _, ln := range l.intake.Listeners {
		if err := l.accept(ln, 0); err != nil {
			return err
		}
	}
	return l.intake.Close()
}
