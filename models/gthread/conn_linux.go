package gthread

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/workerlab/workerlab/server/exchange"
)

// A conn is a connection that the pool's threads and the main thread share. Whoever wins the
// compare-and-swap on its state owns it: a thread to serve it, or the main thread to end it.
type conn struct {
	*exchange.Conn
	// state is serving, ended or, of an idle connection, when it is to be ended, in nanoseconds since
	// epoch. So no spell of idleness is taken for the one before it.
	state atomic.Int64
	fresh bool // not yet served, so not counted as parked
}

const (
	serving int64 = -1
	ended   int64 = -2
)

var epoch = time.Now()

func newConn(fd int) *conn {
	c := &conn{Conn: exchange.NewConn(fd), fresh: true}
	c.state.Store(math.MaxInt64)
	return c
}

// take gives a thread the connection, unless the main thread has ended it or another thread has it.
func (c *conn) take() bool {
	s := c.state.Load()
	for s >= 0 {
		if c.state.CompareAndSwap(s, serving) {
			return true
		}
		s = c.state.Load() // postponed
	}
	return false
}

// park gives the connection back for at most d.
func (c *conn) park(d time.Duration) { c.state.Store(int64(time.Since(epoch) + d)) }

// due is when the connection is to be ended, if it is idle.
func (c *conn) due() (at time.Duration, idle bool) {
	s := c.state.Load()
	return time.Duration(s), s >= 0
}

// postpone moves the end of the spell of idleness that is over at due, if it still lasts.
func (c *conn) postpone(due, to time.Duration) { c.state.CompareAndSwap(int64(due), int64(to)) }

// expire gives the main thread the connection, unless the spell of idleness that is over at due has
// ended already.
func (c *conn) expire(due time.Duration) bool { return c.state.CompareAndSwap(int64(due), ended) }

func (c *conn) ended() bool { return c.state.Load() == ended }

// end gives its owner the right to close the connection for good.
func (c *conn) end() { c.state.Store(ended) }
