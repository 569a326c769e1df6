package loadgen

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

var _ http.RoundTripper = (*client)(nil)

// Names of the headers that tie vegeta's requests to ours. They never reach the wire: what is sent was
// encoded beforehand.
const (
	seqHeader    = "X-Vegeta-Seq"
	targetHeader = "X-Target"
)

var (
	errCut   = errors.New("cut by the end of the run")
	errEnded = errors.New("the window is over")
)

// A client is the transport under vegeta's http.Client. It sends each request once, on a connection
// of its own pool, and keeps what vegeta does not report about it until the collector asks.
type client struct {
	p      *plan
	labels []http.Header // by target
	next   func() int    // the next target; called under mu
	end    time.Time     // of the window: closed loops send nothing after it
	free   chan *conn    // one entry per connection allowed, nil where none is open: the one idle longest comes first
	cut    chan struct{} // closed when the run is cut short
	dialer net.Dialer

	mu      sync.Mutex
	flights map[uint64]*exchange // by vegeta's sequence number
	conns   map[*conn]struct{}   // open
	hangups uint64               // connections the server closed while they were idle

	thinking sync.Mutex // Think is never called concurrently
}

// An exchange is what became of one request on the wire.
type exchange struct {
	target  int
	thought time.Duration // before it was sent, on vegeta's clock
	failure error
	bytesIn int64
	code    int
	reused  bool
	opened  bool // a connection for it
	waited  bool // for a free connection
	last    bool // the answer said that the connection ends with it
}

func newClient(p *plan, end time.Time) *client {
	c := &client{
		p:       p,
		next:    picker(p.Targets, p.Seed),
		end:     end,
		free:    make(chan *conn, p.Connections),
		cut:     make(chan struct{}),
		dialer:  net.Dialer{KeepAlive: -1},
		flights: make(map[uint64]*exchange),
		conns:   make(map[*conn]struct{}),
	}
	for range p.Connections {
		c.free <- nil
	}
	for i := range p.Targets {
		c.labels = append(c.labels, http.Header{targetHeader: {strconv.Itoa(i)}})
	}
	return c
}

// picker returns a function that chooses targets in turn, or by weight where there are weights.
func picker(targets []Target, seed uint64) func() int {
	var total float64
	for _, t := range targets {
		total += t.Weight
	}
	if total == 0 {
		last := len(targets) - 1
		return func() int {
			last = (last + 1) % len(targets)
			return last
		}
	}
	random := rand.New(rand.NewPCG(seed, targetStream))
	return func() int {
		left := random.Float64() * total
		for i, t := range targets {
			if left -= t.Weight; left < 0 {
				return i
			}
		}
		return len(targets) - 1
	}
}

// targetStream separates the draw of targets from others that are started with the same seed.
const targetStream = 0x746172676574

// target is vegeta's Targeter.
func (c *client) target(t *vegeta.Target) error {
	c.mu.Lock()
	i := c.next()
	c.mu.Unlock()
	*t = vegeta.Target{Method: c.p.Targets[i].Method, URL: c.p.Targets[i].URL, Header: c.labels[i]}
	return nil
}

// RoundTrip implements http.RoundTripper: it sends the request once.
func (c *client) RoundTrip(r *http.Request) (*http.Response, error) {
	x, err := c.register(r)
	if err != nil {
		return nil, err
	}
	mine := c.keep()
	if x.failure = c.think(x); x.failure != nil {
		mine.back(c)
		return nil, x.failure
	}
	deadline := time.Now().Add(c.p.Timeout)
	k, err := c.take(x, mine, deadline)
	if err != nil {
		return nil, c.fail(x, err)
	}
	response, err := k.exchange(r, c.p.messages[x.target], deadline)
	if err != nil {
		c.discard(k)
		return nil, c.fail(x, err)
	}
	x.code, x.last = response.StatusCode, response.Close
	response.Body = &body{source: response.Body, c: c, k: k, x: x}
	return response, nil
}

func (c *client) register(r *http.Request) (*exchange, error) {
	seq, err := strconv.ParseUint(r.Header.Get(seqHeader), 10, 64)
	if err != nil {
		return nil, err
	}
	target, err := strconv.Atoi(r.Header.Get(targetHeader))
	if err != nil {
		return nil, err
	}
	x := &exchange{target: target}
	c.mu.Lock()
	c.flights[seq] = x
	c.mu.Unlock()
	return x, nil
}

// landed hands over the exchange of a request that has ended; nil if it never reached the transport.
func (c *client) landed(seq uint64) *exchange {
	c.mu.Lock()
	defer c.mu.Unlock()
	x := c.flights[seq]
	delete(c.flights, seq)
	return x
}

// think waits as a closed loop's client does, and refuses to send after the window's end.
func (c *client) think(x *exchange) error {
	if c.p.open() {
		return nil
	}
	begin := time.Now()
	if c.p.Think != nil {
		c.thinking.Lock()
		d := c.p.Think()
		c.thinking.Unlock()
		if !c.pause(min(d, c.end.Sub(begin))) {
			return errEnded
		}
		x.thought = time.Since(begin)
	}
	if begin.Add(x.thought).Before(c.end) {
		return nil
	}
	return errEnded
}

// pause returns false if the run was cut short meanwhile.
func (c *client) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.cut:
		return false
	}
}

// A place is an entry of the pool that a client keeps while it thinks: its connection, if it has one,
// lies idle just as long as it thinks. From the pool it would get another client's.
type place struct {
	k    *conn
	kept bool
}

// keep takes a place for a client that thinks, if there is one for every client.
func (c *client) keep() place {
	if c.p.open() || c.p.Think == nil || c.p.Connections < c.p.Clients {
		return place{}
	}
	return place{<-c.free, true} // never waits: every other client holds one place at most
}

// back gives up the place unused.
func (p place) back(c *client) {
	if p.kept {
		c.free <- p.k
	}
}

// take waits for a connection, unless the client kept one, and opens it if it is not.
func (c *client) take(x *exchange, mine place, deadline time.Time) (*conn, error) {
	k := mine.k
	if !mine.kept {
		var err error
		if k, err = c.wait(x, deadline); err != nil {
			return nil, err
		}
	}
	if k != nil && k.alive() {
		x.reused = true
		return c.far(k, deadline)
	}
	if k != nil {
		c.hungUp(k)
	}
	k, err := c.dial(deadline)
	if err != nil {
		c.free <- nil
		return nil, err
	}
	x.opened = true
	return k, nil
}

func (c *client) wait(x *exchange, deadline time.Time) (*conn, error) {
	select {
	case k := <-c.free:
		return k, nil
	default:
	}
	x.waited = true
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	select {
	case k := <-c.free:
		return k, nil
	case <-timer.C:
		return nil, context.DeadlineExceeded
	case <-c.cut:
		return nil, errCut
	}
}

// far is an open connection once the distance to its server is crossed.
func (c *client) far(k *conn, deadline time.Time) (*conn, error) {
	if err := c.travel(c.p.RTT, deadline); err != nil {
		c.discard(k)
		return nil, err
	}
	return k, nil
}

// travel spends what a distance takes, all of it before the first byte is written. So a connection that the
// server closes within a round trip of a request loses it, as over a real distance, where the client cannot
// know of that close yet; and a new connection brings its request along, as the handshake's last packet does.
func (c *client) travel(d time.Duration, deadline time.Time) error {
	left := time.Until(deadline)
	switch {
	case d == 0:
		return nil
	case !c.pause(min(d, left)):
		return errCut
	case d > left:
		return context.DeadlineExceeded
	}
	return nil
}

// dial opens a connection for a request, whose round trip comes after the handshake's.
func (c *client) dial(deadline time.Time) (*conn, error) {
	if err := c.travel(2*c.p.RTT, deadline); err != nil {
		return nil, err
	}
	d := c.dialer
	d.Deadline = deadline
	network, address := "tcp", c.p.address
	if c.p.Socket != "" {
		network, address = "unix", c.p.Socket
	}
	raw, err := d.Dial(network, address)
	if err != nil {
		return nil, err
	}
	k := newConn(raw)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.isCut() {
		return nil, errors.Join(errCut, raw.Close())
	}
	c.conns[k] = struct{}{}
	return k, nil
}

// hungUp drops a connection that the server closed while it was idle: no request is lost with it.
func (c *client) hungUp(k *conn) {
	c.forget(k)
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.isCut() { // else it was we who closed it
		c.hangups++
	}
}

// release makes a connection available to the next request.
func (c *client) release(k *conn) { c.free <- k }

// discard closes a connection and makes room for another one.
func (c *client) discard(k *conn) {
	c.forget(k)
	c.free <- nil
}

func (c *client) forget(k *conn) {
	c.mu.Lock()
	delete(c.conns, k)
	c.mu.Unlock()
	k.close()
}

func (c *client) fail(x *exchange, err error) error {
	if c.isCut() {
		err = errCut
	}
	x.failure = err
	return err
}

func (c *client) isCut() bool {
	select {
	case <-c.cut:
		return true
	default:
		return false
	}
}

// abort cuts short what is in flight: what waits stops waiting and every connection is closed.
func (c *client) abort() {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.cut)
	for k := range c.conns {
		_ = k.Conn.Close() // whoever uses it reports the error
	}
}

// close ends the connections that are left once all requests have ended.
func (c *client) close() {
	for k := range c.conns {
		k.close()
	}
}
