package exchange

import (
	"errors"
	"fmt"
	"io"
	"net"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/server/http1"
	"github.com/workerlab/workerlab/server/task"
)

// An Exchange is one request and its response. It reads as the request's body, decoded, and writes as
// the response's body, so io.Copy(x, x) is a streaming echo under every worker model. Its demands
// (CPU, Wait, Do, Move, Ready) are those of the task it runs on. It is valid until its handler returns.
type Exchange struct {
	*task.T
	Req *http1.Request

	conn   *Conn
	began  time.Time
	head   http1.Head
	fields []byte // backing of head.Fields

	status  int
	length  int64 // of the response body as stated; unknownLength: not stated
	written int64 // of the response body
	framing framing
	mark    int   // where the head begins in the desk's out, until it has left
	left    bool  // the head has left, or begun to
	behind  bool  // an earlier answer has not left yet
	err     error // the client can't be served any more
	unread  bool  // request bytes were left unread
	reset   bool  // the connection must not end as if the response were whole
}

// framing is how far a response has got and how its body is delimited.
type framing uint8

const (
	unsent   framing = iota // the head has not been written; the body is held back
	sized                   // Content-Length
	chunked                 // Transfer-Encoding: chunked
	untilEnd                // by the end of the connection (HTTP/1.0)
	bodyless                // HEAD, 204, 304
)

const unknownLength = -1

// Errors of a handler's own making.
var (
	ErrHeadSent = errors.New("exchange: the response's head has been sent")
	ErrTooLong  = errors.New("exchange: response body longer than stated")
)

// Respond states the response's head: its status, the length of its body in bytes (-1: not known
// yet), and fields as pairs of name and value. Nothing is sent before the first flush. Without a
// Respond the response is a 200 of unknown length.
func (x *Exchange) Respond(status int, length int64, fields ...string) error {
	if x.framing != unsent {
		return ErrHeadSent
	}
	x.status, x.length = status, length
	for i := 0; i+1 < len(fields); i += 2 {
		var err error
		if x.fields, err = http1.AppendField(x.fields, fields[i], fields[i+1]); err != nil {
			return fmt.Errorf("exchange: response field: %w", err)
		}
	}
	return nil
}

// Write sends part of the response body. It waits only while too much is unsent.
func (x *Exchange) Write(p []byte) (int, error) {
	if x.err != nil {
		return 0, x.err
	}
	d := x.conn.desk
	if x.framing == unsent && x.length == unknownLength {
		if len(d.held)+len(p) <= outLimit {
			d.held = append(d.held, p...)
			return len(p), nil
		}
		x.start(unknownLength)
	}
	if x.framing == unsent {
		x.start(x.length)
	}
	if x.length >= 0 && x.written+int64(len(p)) > x.length {
		return 0, ErrTooLong
	}
	return x.put(p)
}

// Flush waits until everything written so far is with the kernel.
func (x *Exchange) Flush() error {
	if x.framing == unsent {
		x.start(x.length)
	}
	return x.keep(x.conn.flush())
}

// Read reads the request body, decoded, to its io.EOF.
func (x *Exchange) Read(p []byte) (int, error) {
	c, d := x.conn, x.conn.desk
	if x.err != nil {
		return 0, x.err
	}
	for {
		produced, consumed, done, err := d.body.Decode(p, d.unread())
		d.r += consumed
		switch {
		case err != nil:
			return produced, x.keep(fmt.Errorf("exchange: request body: %w", err))
		case produced > 0 || len(p) == 0:
			return produced, nil
		case done:
			return 0, io.EOF
		}
		x.proceed()
		if n, err := c.receive(p); n > 0 || err != nil {
			return n, x.keep(err)
		}
	}
}

// receive reads more of the body: straight into p where that is all body and p is large, and else into
// the desk, from which it then has to be decoded (n = 0).
func (c *Conn) receive(p []byte) (n int, err error) {
	d := c.desk
	left := d.body.Left()
	if left < 0 {
		d.atLeast(chunkSize)
	}
	if left > 0 && len(p) >= inSize && d.r == d.w {
		if err = c.flush(); err != nil {
			return 0, err
		}
		p = p[:min(int64(len(p)), left)]
		_, n, err = c.T.Move(&c.Stream, nil, p)
		c.thread.Page.BytesIn.Add(int64(n))
		_, _, _, _ = d.body.Decode(p[:n], p[:n]) // in place: only counts
	} else {
		err = c.fill()
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// CPU, Wait, Do, Move and Ready are the task's demands. None is made while the answer to an earlier,
// pipelined request is unsent: what the next handler waits for is nothing to that client. (Demands made
// of x.T itself, through a task.Conn, leave it unsent until the response is flushed.)

// CPU demands calibrated work.
func (x *Exchange) CPU(work time.Duration) error { x.release(); return x.T.CPU(work) }

// Wait demands time off the CPU.
func (x *Exchange) Wait(d time.Duration) error { x.release(); return x.T.Wait(d) }

// Do demands that f be run where the worker stands.
func (x *Exchange) Do(f func()) error { x.release(); return x.T.Do(f) }

// Move demands one transfer over a stream of the handler's own.
func (x *Exchange) Move(s *task.Stream, out, in []byte) (sent, got int, err error) {
	x.release()
	return x.T.Move(s, out, in)
}

// Ready demands that a stream of the handler's own be readable, or writable.
func (x *Exchange) Ready(s *task.Stream, write bool) error { x.release(); return x.T.Ready(s, write) }

// Push runs f with x's demands performed by perform where f stands. Those on the client's connection stay
// the worker's to meet: what is pushed may block for anything but its client.
func (x *Exchange) Push(perform func(task.Op) bool, f func()) {
	c := x.conn
	x.With(func(op task.Op) bool {
		switch op := op.(type) {
		case *task.IO:
			if op.Stream == &c.Stream {
				return c.yield(op)
			}
		case *task.Ready:
			if op.Stream == &c.Stream {
				return c.yield(op)
			}
		case *task.CPU, *task.Wait, *task.Do:
		}
		return perform(op)
	}, f)
	c.thread.Now = time.Now()
}

// release sends the answers before x that were to share a write with it.
func (x *Exchange) release() {
	if x.behind {
		_ = x.keep(x.conn.flush())
	}
}

// Status is the response's status.
func (x *Exchange) Status() int { return x.status }

// Sent is the number of body bytes of the response.
func (x *Exchange) Sent() int64 {
	if x.framing == bodyless {
		return 0
	}
	return x.written
}

// Began is when the request's head was complete.
func (x *Exchange) Began() time.Time { return x.began }

// Fields are the response's own header lines, as sent.
func (x *Exchange) Fields() []byte { return x.fields }

// Thread is the number of the worker's thread that serves x.
func (x *Exchange) Thread() int { return x.conn.thread.ID }

// Peer is the client's address: an IP address, or empty for a unix socket.
func (x *Exchange) Peer() string {
	host, _ := x.Client()
	return host
}

// Client is the address and port of the client's end of the connection; empty and 0 for a unix socket.
func (x *Exchange) Client() (host string, port int) {
	return x.conn.client.of(x.conn.FD, syscall.Getpeername)
}

// Server is the address and port of our end of the connection; empty and 0 for a unix socket.
func (x *Exchange) Server() (host string, port int) {
	return x.conn.server.of(x.conn.FD, syscall.Getsockname)
}

// An end of a connection is asked for once, and stays what it is.
type end struct {
	host  string
	port  int
	known bool
}

// of asks by package syscall: those of unix ask for the socket's protocol as well, to tell TCP from SCTP.
func (e *end) of(fd int, ask func(int) (syscall.Sockaddr, error)) (host string, port int) {
	if e.known {
		return e.host, e.port
	}
	e.known = true
	sa, err := ask(fd)
	if err != nil {
		return "", 0
	}
	switch sa := sa.(type) {
	case *syscall.SockaddrInet4:
		e.host, e.port = net.IP(sa.Addr[:]).String(), sa.Port
	case *syscall.SockaddrInet6:
		e.host, e.port = net.IP(sa.Addr[:]).String(), sa.Port
	}
	return e.host, e.port
}

// A StatusError is a handler's error that deserves another status than 500, as a gateway's does.
type StatusError struct {
	Status int
	Err    error
}

func (e *StatusError) Error() string { return e.Err.Error() }

// Unwrap is the error underneath.
func (e *StatusError) Unwrap() error { return e.Err }

func statusOf(err error) int {
	if e, ok := errors.AsType[*StatusError](err); ok {
		return e.Status
	}
	return 500
}

// A Panic is what a handler panicked with.
type Panic struct {
	Value any
	Stack []byte
}

func (p *Panic) Error() string { return fmt.Sprintf("handler panicked: %v", p.Value) }

func (x *Exchange) begin(c *Conn) {
	d := c.desk
	*x = Exchange{T: &c.T, Req: &d.req, conn: c, fields: x.fields[:0], status: 200, length: unknownLength}
	x.behind = len(d.out) > 0
	if c.thread.Log != nil {
		x.began = time.Now()
	}
	d.held = d.held[:0]
	d.body.Reset(&d.req)
}

// call runs the handler and turns a panic into an error.
func (c *Conn) call(x *Exchange) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &Panic{v, debug.Stack()}
		}
	}()
	return c.thread.Handler(x)
}

// answer completes the response to a handler that returned err, and reports whether the connection
// stays.
func (c *Conn) answer(x *Exchange, err error) (open bool) {
	if _, refuses := errors.AsType[http1.Status](err); refuses && x.err == nil {
		x.err = err
	}
	if err != nil && x.err == nil && c.T.Err() == nil {
		if c.thread.Fail != nil {
			c.thread.Fail(x, err)
		}
		if !x.rewind() {
			return x.cut()
		}
		x.fail(statusOf(err))
	}
	if status, refused := errors.AsType[http1.Status](x.err); refused {
		c.thread.Page.Refused.Add(1)
		if x.rewind() {
			x.err = nil
			x.fail(int(status))
		}
	}
	if x.err != nil || c.T.Err() != nil {
		return x.cut()
	}
	return x.finish()
}

// rewind takes back what there is of the response, unless its head has left.
func (x *Exchange) rewind() bool {
	if x.left {
		return false
	}
	if x.framing != unsent {
		x.conn.desk.out, x.framing = x.conn.desk.out[:x.mark], unsent
	}
	return true
}

// cut ends the connection in the middle of the response. Where the end of the connection is the end of
// the body (HTTP/1.0) only a reset tells the client; a unix socket has none.
func (x *Exchange) cut() (open bool) {
	if x.framing == untilEnd {
		_ = unix.SetsockoptLinger(x.conn.FD, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
		x.reset = true
	}
	return false
}

// fail replaces whatever response there was by a plain one with the given status.
func (x *Exchange) fail(status int) {
	d := x.conn.desk
	x.conn.Last = true
	x.fields = x.fields[:0]
	x.status, x.length, x.written = status, unknownLength, 0
	x.fields, _ = http1.AppendField(x.fields, "Content-Type", "text/plain; charset=utf-8")
	d.held = append(append(d.held[:0], http1.Reason(status)...), '\n')
}

// keep remembers an error of the connection, so that it is not taken for the handler's.
func (x *Exchange) keep(err error) error {
	if err != nil {
		x.err = err
	}
	return err
}
