package exchange

import (
	"errors"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/server/http1"
	"github.com/workerlab/workerlab/server/task"
)

// A Conn is one client connection. The worker owns its descriptor and closes it after the last
// exchange; between exchanges a Conn holds no buffer.
type Conn struct {
	task.Stream
	T task.T // bound by the worker

	// Last makes the next response the last one: the worker will not park the connection.
	Last bool

	thread *Thread
	desk   *desk
	yield  func(task.Op) bool // to the worker

	client, server end
}

// NewConn makes the connection behind fd, which must be non-blocking.
func NewConn(fd int) *Conn { return &Conn{Stream: task.Stream{FD: fd}} }

// Serve is the connection as one task, for workers that pull: every exchange, and between them the
// wait for the next one, until the connection ends.
func (c *Conn) Serve(th *Thread) task.Task {
	c.thread = th
	return func(yield func(task.Op) bool) {
		c.yield = yield
		c.T.Bind(yield)
		c.T.Offer(th.Offer)
		for c.awaitRequest() && c.exchanges() {
		}
	}
}

// One serves one exchange, and those pipelined behind it, for workers that push: yield performs the
// demands. It reports whether the connection may be parked until more arrives.
func (c *Conn) One(th *Thread, yield func(task.Op) bool) (open bool) {
	c.thread, c.yield = th, yield
	c.T.Bind(yield)
	return c.exchanges()
}

// awaitRequest waits, without a desk, for the first byte of a request.
func (c *Conn) awaitRequest() bool {
	limit := c.thread.KeepAlive
	if limit == 0 {
		limit = c.thread.HeaderTimeout
	}
	c.setDeadline(c.thread.Now, limit)
	err := c.T.Ready(&c.Stream, false)
	c.Deadline = time.Time{}
	return err == nil
}

// exchanges lends the connection a desk and serves until nothing more is buffered.
func (c *Conn) exchanges() (open bool) {
	c.desk = c.thread.lend()
	for open = c.one(); open && c.desk.r < c.desk.w; open = c.one() {
	}
	if !open {
		c.linger()
	}
	c.thread.takeBack(c.desk)
	c.desk = nil
	return open
}

// one serves the next exchange and reports whether the connection stays.
func (c *Conn) one() (open bool) {
	d := c.desk
	if err := c.head(); err != nil {
		return c.refuse(err)
	}
	d.x.begin(c)
	c.count()
	err := c.call(&d.x)
	open = c.answer(&d.x, err)
	d.pin = 0
	c.thread.Page.InFlight.Add(-1)
	if d.x.status >= 500 {
		c.thread.Page.Errors.Add(1)
	}
	c.log()
	return open
}

// head receives and parses the head of the next request.
func (c *Conn) head() error {
	d := c.desk
	for first := true; ; first = false {
		n, done, err := d.parser.Parse(d.unread(), &d.req)
		if err != nil {
			return err
		}
		if done {
			d.r += n
			d.pin = d.r
			c.Deadline = time.Time{}
			return nil
		}
		if first { // the client has its time for this head once it was sent the answers before it
			if err := c.flush(); err != nil {
				return err
			}
			c.setDeadline(time.Now(), c.thread.HeaderTimeout)
		}
		if err := c.fill(); err != nil {
			return err
		}
	}
}

// log tells the access log of the exchange that has ended.
func (c *Conn) log() {
	if x := &c.desk.x; c.thread.Log != nil {
		c.thread.Log(x, time.Since(x.began))
	}
}

func (c *Conn) setDeadline(now time.Time, after time.Duration) {
	if after > 0 {
		c.Deadline = now.Add(after)
	}
}

func (c *Conn) count() {
	page := c.thread.Page
	page.InFlight.Add(1)
	if page.Requests.Add(1) == c.thread.MaxRequests {
		c.thread.Draining.Store(true)
		c.thread.Retire()
	}
}

// refuse ends the connection, with an answer if the client has sent something that deserves one.
func (c *Conn) refuse(err error) (open bool) {
	d := c.desk
	status, malformed := errors.AsType[http1.Status](err)
	switch {
	case malformed:
	case errors.Is(err, os.ErrDeadlineExceeded) && d.r < d.w:
		status = http1.RequestTimeout
	default:
		return false
	}
	c.thread.Page.Refused.Add(1)
	d.req = http1.Request{Fields: d.req.Fields[:0]} // what was parsed of it is no request
	d.x.begin(c)
	d.x.fail(int(status))
	_ = c.answer(&d.x, nil)
	d.x.unread = true // for all we know
	c.log()
	return false
}

// fill receives more bytes, after sending what is due: a client that waits for its answer before it
// sends more must get it.
func (c *Conn) fill() error {
	if err := c.flush(); err != nil {
		return err
	}
	d := c.desk
	d.room()
	_, n, err := c.T.Move(&c.Stream, nil, d.in[d.w:])
	d.w += n
	c.thread.Page.BytesIn.Add(int64(n))
	return err
}

func (c *Conn) flush() error {
	d := c.desk
	d.x.behind, d.x.left = false, d.x.framing != unsent
	err := c.send(d.out)
	d.out = d.out[:0]
	return err
}

func (c *Conn) send(b []byte) error {
	for len(b) > 0 {
		n, _, err := c.T.Move(&c.Stream, b, nil)
		if err != nil {
			return err
		}
		c.thread.Page.BytesOut.Add(int64(n))
		b = b[n:]
	}
	return nil
}

// lingerLimit bounds the wait for a client's FIN, as gunicorn's does.
const lingerLimit = 2 * time.Second

// linger keeps the kernel from resetting the connection, and with that from discarding the response
// on its way, by reading what the client still sends (RFC 9112 §9.6). It costs a round trip, so it is
// done only where something is unread.
func (c *Conn) linger() {
	d := c.desk
	if c.T.Err() != nil || d.x.reset || (!c.thread.Linger && !d.x.unread && !c.surprised()) {
		return
	}
	if unix.Shutdown(c.FD, unix.SHUT_WR) != nil {
		return // the client is gone already
	}
	c.Deadline = time.Now().Add(lingerLimit)
	for time.Now().Before(c.Deadline) {
		if _, _, err := c.T.Move(&c.Stream, nil, d.in); err != nil {
			return
		}
	}
}

// surprised reports whether a client that was promised a kept connection, and not asked to close, has
// sent more meanwhile. Under classes without keep-alive nobody was promised one, and to ask the kernel
// would cost a call a request.
func (c *Conn) surprised() bool {
	if !c.Last || c.desk.req.Close || c.thread.KeepAlive == 0 {
		return false
	}
	n, _ := unix.Poll([]unix.PollFd{{Fd: int32(c.FD), Events: unix.POLLIN}}, 0)
	return n > 0
}

var _ io.ReadWriter = (*Exchange)(nil)
