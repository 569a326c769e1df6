package exchange

import (
	"sync/atomic"
	"time"

	"github.com/workerlab/workerlab/server/http1"
	"github.com/workerlab/workerlab/server/scoreboard"
	"github.com/workerlab/workerlab/server/task"
)

// A Handler answers one exchange: it reads the request from x, writes the response to x, and demands
// what it needs (x.CPU, x.Wait, x.Move) instead of waiting itself. An error before the response's
// head has left becomes a 500, a *StatusError its status, and an http1.Status refuses the request as the parser
// would have; later it cuts the connection, so that no client takes half a response
// for a whole one. So does a panic.
type Handler func(x *Exchange) error

// Config is what a worker's connections are served with. It is shared by the worker's threads, and
// constant but for the atomics once serving has begun.
type Config struct {
	Handler Handler
	Page    *scoreboard.Page // counts; required
	Limits  http1.Limits     // of the request head, and of trailers

	KeepAlive     time.Duration // how long an idle connection is kept; 0: a connection is one exchange
	HeaderTimeout time.Duration // how long a started head may take, or its first byte where a thread waits for it; 0: for ever
	Linger        bool          // wait for the client's FIN on every close, not only where bytes are unread

	MaxRequests int64  // at this many requests Retire is called; 0: never
	Retire      func() // the worker has served its requests: drain

	Log  func(x *Exchange, took time.Duration) // access log; nil: none. Called on the serving thread
	Fail func(x *Exchange, err error)          // a handler's error or *Panic; nil: nobody is told

	// Draining makes every further response the last of its connection.
	Draining atomic.Bool
}

// A Thread is one thread of a worker as its connections see it: the clock, the formatted date, and the
// desks it lends. It is for that thread only.
type Thread struct {
	*Config
	ID  int
	Now time.Time // read by the worker once a turn, and after work that took time

	// Offer, if not nil, meets demands of pulled connections where they arise (task.T.Offer).
	Offer func(task.Op) bool

	date http1.Date
	free []*desk
}

// A desk is what a connection needs only while it is served: buffers and parser. Lending it keeps an
// idle connection at a few hundred bytes.
type desk struct {
	parser http1.Parser
	req    http1.Request
	body   http1.Body
	x      Exchange

	in   []byte // [r:w] has been received and not yet consumed
	r, w int
	pin  int    // in[:pin] holds the head that req refers to; it stays while its exchange lasts
	out  []byte // not yet sent
	held []byte // response body of a length not yet known
}

const (
	inSize    = 1 << 10 // a browser's head; a longer one makes it grow
	outSize   = 512
	chunkSize = 16 << 10 // a body in chunks is received in pieces of this size
	outLimit  = 16 << 10 // more than this is sent before more is taken
	keepSize  = 64 << 10 // a desk whose buffers grew beyond this is not kept
)

func (t *Thread) lend() *desk {
	if n := len(t.free); n > 0 {
		d := t.free[n-1]
		t.free = t.free[:n-1]
		return d
	}
	d := &desk{in: make([]byte, inSize), out: make([]byte, 0, outSize)}
	d.parser.Limits = t.Limits
	d.body.Limits = t.Limits
	return d
}

func (t *Thread) takeBack(d *desk) {
	if cap(d.in) > keepSize || cap(d.out) > keepSize || cap(d.held) > keepSize {
		return
	}
	d.r, d.w, d.pin, d.out, d.held = 0, 0, 0, d.out[:0], d.held[:0]
	d.parser.Reset()
	d.x.unread, d.x.reset = false, false
	t.free = append(t.free, d)
}

// room makes space for more received bytes behind in[w].
func (d *desk) room() {
	switch {
	case d.r == d.w:
		d.r, d.w = d.pin, d.pin
	case d.w == len(d.in) && d.r > d.pin:
		d.w = d.pin + copy(d.in[d.pin:], d.in[d.r:d.w])
		d.r = d.pin
	}
	if d.w == len(d.in) {
		d.atLeast(2 * len(d.in))
	}
}

// atLeast makes the receive buffer as large as n.
func (d *desk) atLeast(n int) {
	if len(d.in) < n {
		d.in = append(d.in, make([]byte, n-len(d.in))...)
	}
}

func (d *desk) unread() []byte { return d.in[d.r:d.w] }
