package task

import (
	"errors"
	"io"
	"iter"
	"time"
)

// An Op is one demand of a handler. The set is sealed: CPU, Wait, Do, IO, Ready.
//
// Ops are pointers: what a demand brings back, it carries itself. An Op belongs to the task that
// yielded it and is reused by the next demand, so a worker must not keep it past the resumption.
//
//sumtype:decl
type Op interface{ op() }

type (
	// CPU is calibrated work: the time it takes on an otherwise idle core of this host (see Burner).
	// It is never a wall-clock spin, so two of them on one core take twice as long.
	CPU struct{ Work time.Duration }

	// Wait is time spent off the CPU: a database, an API.
	Wait struct{ For time.Duration }

	// Do is opaque native code, a C extension's. It runs where the worker stands, so it blocks an event
	// loop; like such an extension it lets the interpreter lock go meanwhile.
	Do struct{ Func func() }

	// IO moves bytes over a stream, Out to it and In from it, whichever can go first. With both
	// it is met once either moved, so a pump in both directions cannot deadlock.
	IO struct {
		*Stream
		Out, In   []byte
		Sent, Got int   // result, bytes
		Err       error // result: io.EOF, os.ErrDeadlineExceeded or a *os.SyscallError
	}

	// Ready is met when a stream can be read (or written): a connect, a pidfd, an idle connection.
	Ready struct {
		*Stream
		Write bool
		Err   error // result: os.ErrDeadlineExceeded or a *os.SyscallError
	}
)

func (*CPU) op()   {}
func (*Wait) op()  {}
func (*Do) op()    {}
func (*IO) op()    {}
func (*Ready) op() {}

// A Stream is a non-blocking descriptor that demands move bytes over.
type Stream struct {
	FD       int
	Deadline time.Time // of every demand on it; zero: none
	Ending   bool      // a socket whose end follows what is written now, which may wait for it
	Note     any       // the polling worker's own record; descriptor numbers are reused, Streams are not
}

// A Task is the sequence of demands of one connection or one handler. A worker model decides how to
// consume it: push it into an executor, or pull it and park it at every demand.
type Task = iter.Seq[Op]

// ErrStopped says that the worker gave the task up (a drain, a dead client). Return.
var ErrStopped = errors.New("task: stopped by the worker")

// T is the handler's side of a task: each method yields one demand and returns once it is met.
// After ErrStopped a T yields nothing more, so deferred clean-up is safe.
// The zero T yields nowhere; Bind it first. A T is for one goroutine.
type T struct {
	yield func(Op) bool
	offer func(Op) bool // nil: none
	err   error

	// Reused, so that a demand allocates nothing.
	cpu   CPU
	wait  Wait
	do    Do
	io    IO
	ready Ready
}

// Of makes a task of straight-line code.
func Of(f func(*T)) Task {
	return func(yield func(Op) bool) { f(&T{yield: yield}) }
}

// Bind points t, which may have been used before, at a new consumer.
func (t *T) Bind(yield func(Op) bool) { t.yield, t.offer, t.err = yield, nil, nil }

// Offer lets a consumer that pulls t meet a demand where it arises, without the two switches of a
// suspension: offer reports whether it has, and what it declines is yielded.
func (t *T) Offer(offer func(Op) bool) { t.offer = offer }

// With runs f while t's demands go to yield instead, then restores t. It is how a handler is pushed
// inside a task that is itself pulled.
func (t *T) With(yield func(Op) bool, f func()) {
	outer, offer := t.yield, t.offer
	t.yield, t.offer = yield, nil
	defer func() { t.yield, t.offer = outer, offer }()
	f()
}

// Err is ErrStopped once the worker has given the task up, and nil before.
func (t *T) Err() error { return t.err }

// CPU demands calibrated work.
func (t *T) CPU(work time.Duration) error { t.cpu.Work = work; return t.demand(&t.cpu) }

// Wait demands time off the CPU.
func (t *T) Wait(d time.Duration) error { t.wait.For = d; return t.demand(&t.wait) }

// Do demands that f be run where the worker stands.
func (t *T) Do(f func()) error {
	t.do.Func = f
	err := t.demand(&t.do)
	t.do.Func = nil
	return err
}

// Move demands one IO. Either of out and in may be empty.
func (t *T) Move(s *Stream, out, in []byte) (sent, got int, err error) {
	t.io = IO{Stream: s, Out: out, In: in}
	err = t.demand(&t.io)
	op := &t.io
	op.Stream, op.Out, op.In = nil, nil, nil // a connection may be idle for long, and must not hold buffers
	if err != nil {
		return 0, 0, err
	}
	return op.Sent, op.Got, op.Err
}

// Ready demands that s be readable, or writable.
func (t *T) Ready(s *Stream, write bool) error {
	t.ready = Ready{Stream: s, Write: write}
	if err := t.demand(&t.ready); err != nil {
		return err
	}
	return t.ready.Err
}

func (t *T) demand(op Op) error {
	switch {
	case t.err != nil:
	case t.offer != nil && t.offer(op):
	case !t.yield(op):
		t.err = ErrStopped
	}
	return t.err
}

// A Conn is a stream whose waits are demands. As an io.ReadWriter it lets io.Copy, bufio and
// encoding/* run unchanged under every worker model.
type Conn struct {
	*T
	*Stream
}

var _ io.ReadWriter = Conn{}

// Read demands bytes from the stream.
func (c Conn) Read(p []byte) (int, error) {
	_, n, err := c.Move(c.Stream, nil, p)
	return n, err
}

// Write demands that all of p be sent.
func (c Conn) Write(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var m int
		m, _, err = c.Move(c.Stream, p[n:], nil)
		n += m
	}
	return n, err
}
