package loop

import (
	"errors"
	"iter"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/poll"
	"github.com/workerlab/workerlab/server/task"
)

// A coro is a connection as a coroutine, parked on at most one demand.
type coro struct {
	next   func() (task.Op, bool)
	fd     int
	parked task.Op           // what it waits for; nil: it runs
	until  time.Duration     // the parked demand's deadline or end; 0: none
	timer  poll.Timer[*coro] // due at until or, left over from an earlier demand, before
}

// A stream is the loop's note on a task.Stream: what the kernel last said of it.
type stream struct {
	readable, writable bool
	hungUp             bool // the peer has closed or reset: reads end, but not necessarily with the next one
	waiter             *coro
	since              uint64 // the turn in which the kernel was first told of it
}

const edges = unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLRDHUP | unix.EPOLLET&(1<<32-1)

// start runs a new connection until its first wait.
func (l *loop) start(conn *exchange.Conn) {
	c := &coro{fd: conn.FD}
	c.timer.Owner = c
	c.next, _ = iter.Pull(conn.Serve(l.thread)) // nobody stops it: it runs to its end, or the process ends
	l.resume(c)
}

// share is how many transfers a coroutine may make in a row before it lets the others run: one whose
// peer is always faster than it would otherwise never park. 16 of io.Copy's 32 KiB buffers, in and out,
// are what asyncio reads of a connection in one turn of its loop (max_size of its selector transport).
const share = 16

// resume runs c until it demands something that is not there yet, or has had its share.
func (l *loop) resume(c *coro) {
	c.parked, l.left = nil, share
	for {
		op, more := c.next()
		if !more {
			l.end(c)
			return
		}
		if !l.meet(c, op) {
			return
		}
		if l.left == 0 {
			l.waiting = append(l.waiting, c)
			return
		}
	}
}

// next resumes those that had their share in the turn before.
func (l *loop) next() {
	l.waiting, l.turned = l.turned[:0], l.waiting
	for i, c := range l.turned {
		l.turned[i] = nil
		l.resume(c)
	}
}

func (l *loop) end(c *coro) {
	l.timers.Disarm(&c.timer)
	if c.fd < len(l.streams) {
		l.streams[c.fd] = nil
	}
	_ = unix.Close(c.fd) // which also takes it from the poller
	l.held--
	l.Page.Connections.Add(-1)
}

// offer meets a demand where it arises, without suspending its coroutine, as long as that has some of its
// share left.
func (l *loop) offer(op task.Op) bool {
	if _, transfer := op.(*task.IO); transfer && l.left == 0 {
		return false
	}
	return l.try(op)
}

// meet fulfils op now, or parks c and reports false.
func (l *loop) meet(c *coro, op task.Op) bool {
	if l.try(op) {
		return true
	}
	switch op := op.(type) {
	case *task.IO:
		return l.parkOn(c, op.Stream, op, &op.Err)
	case *task.Ready:
		return l.parkOn(c, op.Stream, op, &op.Err)
	case *task.Wait:
		l.park(c, op, time.Since(l.epoch)+max(op.For, 0)) // a wait for nothing still lets the others run
	case *task.CPU, *task.Do: // never wait
	}
	return false
}

// try fulfils op if that needs no waiting. After work it reads the clock anew: deadlines are set by it.
func (l *loop) try(op task.Op) bool {
	switch op := op.(type) {
	case *task.IO:
		s, err := l.note(op.Stream, true)
		if op.Err = err; err == nil && !s.transfer(op) {
			return false
		}
		l.left = max(0, l.left-1)
	case *task.Ready:
		s, err := l.note(op.Stream, !op.Write)
		op.Err = err
		return err != nil || s.has(op)
	case *task.Wait:
		return false
	case *task.CPU:
		l.burn(op.Work)
		l.thread.Now = time.Now()
	case *task.Do:
		l.Lock.Release()
		op.Func()
		l.Lock.Acquire()
		l.thread.Now = time.Now()
	}
	return true
}

func (l *loop) burn(work time.Duration) {
	if l.Lock == nil {
		l.Burner.Burn(work, nil)
		return
	}
	l.Burner.Burn(work, l.Lock.Check)
}

// parkOn parks c until the stream changes, or reports that op's deadline has passed already.
func (l *loop) parkOn(c *coro, on *task.Stream, op task.Op, err *error) (met bool) {
	until := time.Duration(0)
	if !on.Deadline.IsZero() {
		if until = on.Deadline.Sub(l.epoch); until <= l.clock {
			*err = os.ErrDeadlineExceeded
			return true
		}
	}
	l.streamOf(on).waiter = c
	l.park(c, op, until)
	return false
}

// park leaves a timer armed that is due earlier: when it fires, expire looks again. So a keep-alive
// deadline that moves with every request costs nothing a request.
func (l *loop) park(c *coro, op task.Op, until time.Duration) {
	c.parked, c.until = op, until
	if until > 0 && (!c.timer.Armed() || c.timer.At() > until) {
		l.timers.Arm(&c.timer, until)
	}
}

// expire ends waits that are over and fails demands whose deadline has passed.
func (l *loop) expire() {
	for {
		t := l.timers.Expire(l.clock)
		if t == nil {
			return
		}
		switch c := t.Owner; {
		case c.parked == nil || c.until == 0:
		case c.until > l.clock:
			l.timers.Arm(t, c.until)
		default:
			l.late(c)
		}
	}
}

// late ends c's demand at its deadline. It asks the kernel first: where a computation has held the loop
// up, what came in time may stand behind more events than a turn takes.
func (l *loop) late(c *coro) {
	switch op := c.parked.(type) {
	case *task.IO:
		s := l.streamOf(op.Stream)
		s.waiter, s.readable, s.writable = nil, true, true
		if !s.transfer(op) {
			op.Err = os.ErrDeadlineExceeded
		}
	case *task.Ready:
		s := l.streamOf(op.Stream)
		s.waiter = nil
		switch {
		case !poll.Pending(op.FD, op.Write):
			op.Err = os.ErrDeadlineExceeded
		case op.Write:
			s.writable = true
		default:
			s.readable = true
		}
	case *task.Wait, *task.CPU, *task.Do:
	}
	l.resume(c)
}

// ready takes in what the kernel says of s, and resumes its waiter if that meets its demand.
func (l *loop) ready(s *stream, events uint32) {
	if events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		s.hungUp, s.readable = true, true
	}
	if events&unix.EPOLLIN != 0 {
		s.readable = true
	}
	if events&(unix.EPOLLOUT|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		s.writable = true
	}
	c := s.waiter
	if c == nil {
		return
	}
	met := false
	switch op := c.parked.(type) {
	case *task.IO:
		met = s.transfer(op)
	case *task.Ready:
		met = s.has(op)
	case *task.Wait, *task.CPU, *task.Do:
	}
	if met {
		s.waiter = nil
		l.resume(c)
	}
}

// note is the loop's record of st, made and registered at its first demand. A stream is taken to be
// writable until the kernel says otherwise, but not where the first demand is to wait for just that:
// a connect in progress.
func (l *loop) note(st *task.Stream, writable bool) (*stream, error) {
	if s := l.streamOf(st); s != nil {
		return s, nil
	}
	s := &stream{writable: writable, since: l.turns}
	err := l.poller.Add(st.FD, edges)
	if errors.Is(err, unix.EEXIST) { // as another Stream, which this one replaces
		err = l.poller.Modify(st.FD, edges)
	}
	if err != nil {
		return nil, err
	}
	for st.FD >= len(l.streams) {
		l.streams = append(l.streams, make([]*stream, max(64, len(l.streams)))...)
	}
	st.Note, l.streams[st.FD] = s, s
	return s, nil
}

func (l *loop) streamOf(st *task.Stream) *stream {
	s, _ := st.Note.(*stream)
	return s
}

func (s *stream) has(op *task.Ready) bool {
	if op.Write {
		return s.writable
	}
	return s.readable
}

// transfer moves what can be moved and reports whether op is met. A transfer shorter than its buffer
// has emptied (or filled) the socket: the next edge will tell, and no EAGAIN is needed to know it. But
// the edge of a hang-up comes once, perhaps with the last bytes, so from then on every read is tried.
func (s *stream) transfer(op *task.IO) bool {
	if len(op.Out) > 0 && s.writable {
		write := poll.Write
		if op.Ending {
			write = poll.WriteLast
		}
		op.Sent, op.Err = write(op.FD, op.Out)
		s.writable = op.Err != nil || op.Sent == len(op.Out)
	}
	if len(op.In) > 0 && s.readable && op.Err == nil {
		var err error
		op.Got, err = poll.Read(op.FD, op.In)
		s.readable = err != nil || op.Got == len(op.In) || s.hungUp
		if op.Sent == 0 {
			op.Err = err
		}
	}
	return op.Sent > 0 || op.Got > 0 || op.Err != nil || len(op.Out)+len(op.In) == 0
}
