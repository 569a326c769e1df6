package slow

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// Clients are N slow clients of one server.
type Clients struct {
	Address string        // host:port
	N       int           // clients; each holds one connection at a time
	Over    time.Duration // what a client takes to send the head; or the answer or the body, where Read or Post is set

	// Read makes readers of them: GET /bytes?n=Read, sent at once, and the answer of so many bytes read
	// evenly over Over. 0: senders of GET /, whose answer is read as fast as it comes.
	Read int64

	// Post makes posters of them: POST /echo, its head sent at once and then a body of so many bytes, one
	// by one, evenly over Over. The body must come back whole: what answers has read it to the end.
	Post int64

	// Connected is closed once all N are connected. nil: nobody wants to know.
	Connected chan<- struct{}
}

// A Report says what became of the requests of all clients. What the end of the run cut is in neither.
type Report struct {
	Completed uint64 // answered 200, to the last byte
	Failed    uint64 // anything else, attempts to connect included
}

// Run lets the clients at the server until ctx ends, which is no error. It is one if not all of them
// could be connected in the first place, or the Clients make no sense.
func (c Clients) Run(ctx context.Context) (Report, error) {
	if err := c.check(); err != nil {
		return Report{}, fmt.Errorf("slow: %w", err)
	}
	conns, err := c.connectAll(ctx)
	if err != nil {
		return Report{}, fmt.Errorf("slow: connecting %d clients: %w", c.N, err)
	}
	if c.Connected != nil {
		close(c.Connected)
	}
	reports := make([]Report, c.N)
	var clients sync.WaitGroup
	for i, k := range conns {
		clients.Go(func() { reports[i] = c.live(ctx, k) })
	}
	clients.Wait()
	var all Report
	for _, r := range reports {
		all.Completed += r.Completed
		all.Failed += r.Failed
	}
	return all, nil
}

func (c Clients) check() error {
	switch {
	case c.N <= 0:
		return fmt.Errorf("%d clients: want at least 1", c.N)
	case c.Over <= 0:
		return fmt.Errorf("over %v: slow clients take longer than no time", c.Over)
	case c.Read < 0:
		return fmt.Errorf("%d bytes to read: want 0 (to send slowly) or more", c.Read)
	case c.Post < 0 || c.Post == 1:
		return fmt.Errorf("%d bytes to post: want 0 (to post nothing) or at least 2, to have time between them", c.Post)
	case c.Read > 0 && c.Post > 0:
		return errors.New("clients that both read and post: want one kind")
	}
	return nil
}

// connectAll connects all or none.
func (c Clients) connectAll(ctx context.Context) ([]net.Conn, error) {
	conns, failures := make([]net.Conn, c.N), make([]error, c.N)
	var dials sync.WaitGroup
	for i := range conns {
		dials.Go(func() { conns[i], failures[i] = c.dial(ctx) })
	}
	dials.Wait()
	for _, err := range failures {
		if err != nil {
			closeAll(conns)
			return nil, err
		}
	}
	return conns, nil
}

func closeAll(conns []net.Conn) {
	for _, k := range conns {
		if k != nil {
			_ = k.Close() // it carried nothing
		}
	}
}

func (c Clients) dial(ctx context.Context) (net.Conn, error) {
	d := net.Dialer{KeepAlive: -1}
	if c.Read > 0 {
		d.Control = smallBuffer
	}
	return d.DialContext(ctx, "tcp", c.Address)
}

// live is one client: k first, and then connection after connection.
func (c Clients) live(ctx context.Context, k net.Conn) (r Report) {
	for ; ; k = nil {
		err := c.ask(ctx, k)
		switch {
		case ctx.Err() != nil:
			return r
		case err == nil:
			r.Completed++
		default:
			r.Failed++
			_ = until(ctx, time.Now().Add(respite)) // its error is found above
		}
	}
}

// respite is how long a client rests after a failure: a server that refuses is not to be hammered by
// those who stand for slowness.
const respite = 100 * time.Millisecond

// ask carries one request out, over k or a connection of its own, which it closes; at the end of ctx too.
func (c Clients) ask(ctx context.Context, k net.Conn) (err error) {
	if k == nil {
		if k, err = c.dial(ctx); err != nil {
			return err
		}
	}
	stop := context.AfterFunc(ctx, func() { _ = k.Close() }) // whoever uses it reports the error
	defer func() {
		stop()
		_ = k.Close()
	}()
	switch {
	case c.Read > 0:
		return c.readSlowly(ctx, k)
	case c.Post > 0:
		return c.postSlowly(ctx, k)
	}
	return c.sendSlowly(ctx, k)
}
