package gthread

import (
	"sync/atomic"
	"time"

	"github.com/workerlab/workerlab/server/exchange"
)

// A conn is a connection that the pool's threads and the main thread share. Whoever wins the
// compare-and-swap on its state owns it: a thread to serve it, or the main thread to end it.
type conn struct {
	*exchange.Conn
	state atomic.Int32
	until atomic.Int64 // when a parked connection is to be ended, in nanoseconds since epoch
	fresh bool         // not yet served, so not counted as parked
}

const (
	idle int32 = iota
	serving
	ended
)

var epoch = time.Now()

func newConn(fd int) *conn {
	c := &conn{Conn: exchange.NewConn(fd), fresh: true}
	c.until.Store(1<<63 - 1)
	return c
}

// take gives a thread the connection, unless the main thread has ended it.
func (c *conn) take() bool { return c.state.CompareAndSwap(idle, serving) }

// park gives the connection back for at most d.
func (c *conn) park(d time.Duration) {
	c.until.Store(int64(time.Since(epoch) + d))
	c.state.Store(idle)
}

// expire gives the main thread the connection, unless a thread has just taken it.
func (c *conn) expire() bool { return c.state.CompareAndSwap(idle, ended) }

func (c *conn) ended() bool { return c.state.Load() == ended }

// idleUntil is when the connection is to be ended, if it is idle.
func (c *conn) idleUntil() (at time.Time, isIdle bool) {
	return epoch.Add(time.Duration(c.until.Load())), c.state.Load() == idle
}
