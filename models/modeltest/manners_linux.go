package modeltest

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/internal/patience"
	"github.com/workerlab/workerlab/server"
)

// A client that goes away, at whatever point, costs nobody else anything.
func testClientsThatVanish(t *testing.T, w server.Worker, _ Traits) {
	b := start(t, w)
	for _, sent := range []string{
		"", "GET / HT", getHello, "GET " + big + " HTTP/1.1\r\nHost: t\r\n\r\n",
		"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nhalf",
		"GET /task?do=wait:50ms HTTP/1.1\r\nHost: t\r\n\r\n",
	} {
		c := b.dial(t)
		send(t, c, sent)
		_ = c.(*net.TCPConn).SetLinger(0) // a reset
		_ = c.Close()
		if got := b.do(t, getHello); got.status != 200 {
			t.Errorf("after a client vanished behind %q: %+v", sent, got)
		}
	}
}

func testUnixSocket(t *testing.T, w server.Worker, _ Traits) {
	path := filepath.Join(t.TempDir(), "s")
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Bind(fd, &unix.SockaddrUnix{Name: path}); err != nil {
		t.Fatal(err)
	}
	if err := unix.Listen(fd, 16); err != nil {
		t.Fatal(err)
	}
	b := start(t, w, func(e *server.Env) { e.Listeners = []int{fd} })
	b.Addr = path
	if got := b.do(t, getHello); got.status != 200 {
		t.Errorf("got %+v", got)
	}
}

// A client that reads late gets every byte.
func testSlowReader(t *testing.T, w server.Worker, _ Traits) {
	b := start(t, w)
	c := b.dial(t)
	send(t, c, "GET "+big+" HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
	patience.Eventually(t, "the server filled the sockets", func() bool { return b.Env.Page.BytesOut.Load() > 64<<10 })
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, resp.Body); n != bigSize || err != nil {
		t.Errorf("read %d of %d bytes: %v", n, bigSize, err)
	}
}

// Whether waits overlap shows without a clock: requests under way at once are counted.
func testOverlap(t *testing.T, w server.Worker, traits Traits) {
	b := start(t, w)
	const clients = Threads
	var most atomic.Int64
	done := make(chan struct{})
	go func() {
		defer close(done)
		var wg sync.WaitGroup
		for range clients {
			wg.Go(func() { b.ask(t, "GET /task?do=wait:100ms HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n") })
		}
		wg.Wait()
	}()
	for watching := true; watching; {
		select {
		case <-done:
			watching = false
		default:
			most.Store(max(most.Load(), b.Env.Page.InFlight.Load()))
		}
	}
	if traits.Overlap && most.Load() != clients {
		t.Errorf("at most %d of %d waiting requests were under way at once", most.Load(), clients)
	}
	if !traits.Overlap && most.Load() != 1 {
		t.Errorf("%d waiting requests were under way at once under a class without concurrency", most.Load())
	}
}

// ask is do for another goroutine than the test's.
func (b *Bench) ask(t *testing.T, request string) {
	c, err := net.Dial(b.network, b.Addr)
	if err != nil {
		t.Error(err)
		return
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := io.WriteString(c, request); err != nil {
		t.Error(err)
		return
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Errorf("%.40q: %v", request, err)
		return
	}
	if _, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != 200 {
		t.Errorf("%.40q: status %d, %v", request, resp.StatusCode, err)
	}
}

// While a handler waits for longer than two beats, either the worker goes on beating or it does not:
// that is what decides whether a slow request is killed by the timeout.
func testHeartbeat(t *testing.T, w server.Worker, traits Traits) {
	b := start(t, w)
	page := b.Env.Page
	c := b.dial(t)
	send(t, c, "GET /task?do=wait:2500ms HTTP/1.1\r\nHost: t\r\n\r\n")
	patience.Eventually(t, "the request began", func() bool { return page.InFlight.Load() == 1 })
	first := page.LastBeat.Load()
	if first == 0 {
		t.Fatal("no heartbeat before the first request")
	}
	beats := false
	patience.Eventually(t, "a beat, or the end of the wait", func() bool {
		// In this order: a blocked worker beats only after the request has ended.
		beats = page.LastBeat.Load() > first && page.InFlight.Load() == 1
		return beats || page.InFlight.Load() == 0
	})
	if beats != traits.BeatsInWait {
		t.Errorf("beats while a handler waits: %v, want %v", beats, traits.BeatsInWait)
	}
	if got := read(t, bufio.NewReader(c), "GET"); got.status != 200 {
		t.Errorf("got %+v", got)
	}
}

// Which connections a busy worker takes from the others' queue.
func testAcceptWhileBusy(t *testing.T, w server.Worker, traits Traits) {
	b := start(t, w)
	page := b.Env.Page
	const busy, more = Threads, 8
	for range busy {
		send(t, b.dial(t), "GET /task?do=wait:400ms HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
	}
	patience.Eventually(t, "a request began", func() bool { return page.InFlight.Load() > 0 })
	before := page.Accepted.Load()
	var later []net.Conn
	for range more {
		c := b.dial(t)
		send(t, c, getHello)
		later = append(later, c)
	}
	if traits.OverAccepts {
		patience.Eventually(t, "every connection was accepted", func() bool { return page.Accepted.Load() == busy+more })
	} else if n := page.Accepted.Load(); n > before && page.Requests.Load() == 1 {
		t.Errorf("%d connections accepted while the first request was being served", n-before)
	}
	for _, c := range later {
		if got := read(t, bufio.NewReader(c), "GET"); got.status != 200 {
			t.Errorf("got %+v", got)
		}
	}
}

func testConnectionsLimit(t *testing.T, w server.Worker, traits Traits) {
	if !traits.KeepAlive {
		t.Skip("sync holds one connection by nature")
	}
	const limit = 6
	b := start(t, w, func(e *server.Env) { e.Settings.Connections = limit })
	var idle []net.Conn
	for range limit {
		c := b.dial(t)
		idle = append(idle, c)
	}
	patience.Eventually(t, "the worker is full", func() bool { return b.Env.Page.Connections.Load() == limit })
	waiting := b.dial(t)
	send(t, waiting, "GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
	if n := b.Env.Page.Accepted.Load(); n != limit {
		t.Errorf("%d connections accepted, limit %d", n, limit)
	}
	for _, c := range idle {
		_ = c.Close()
	}
	if got := read(t, bufio.NewReader(waiting), "GET"); got.status != 200 {
		t.Errorf("got %+v", got)
	}
}

func testIdleExpiry(t *testing.T, w server.Worker, traits Traits) {
	if !traits.KeepAlive {
		t.Skip("no keep-alive")
	}
	const keep = 200 * time.Millisecond
	b := start(t, w, func(e *server.Env) { e.Conns.KeepAlive = keep })
	c := b.dial(t)
	r := bufio.NewReader(c)
	send(t, c, getHello)
	read(t, r, "GET")
	parked := time.Now()
	atEOF(t, r)
	if idle := time.Since(parked); idle < keep/2 {
		t.Errorf("closed after %v, keep-alive is %v", idle, keep)
	}
}

func testHeaderDeadline(t *testing.T, w server.Worker, _ Traits) {
	b := start(t, w, func(e *server.Env) { e.Conns.HeaderTimeout = 100 * time.Millisecond })
	c := b.dial(t)
	send(t, c, "GET / HTTP/1.1\r\nHost")
	r := bufio.NewReader(c)
	if got := read(t, r, "GET"); got.status != 408 || !got.close {
		t.Errorf("got %+v, want 408 and close", got)
	}
	atEOF(t, r)
}

// A drain answers what is in flight, says that it closes, and returns.
func testDrain(t *testing.T, w server.Worker, _ Traits) {
	b := start(t, w)
	c := b.dial(t)
	send(t, c, "GET /task?do=wait:200ms HTTP/1.1\r\nHost: t\r\n\r\n")
	patience.Eventually(t, "the request began", func() bool { return b.Env.Page.InFlight.Load() == 1 })
	b.stop()
	r := bufio.NewReader(c)
	if got := read(t, r, "GET"); got.status != 200 || !got.close {
		t.Errorf("got %+v, want 200 and close", got)
	}
	atEOF(t, r)
	b.drained(t)
}

// Clients that never retry lose nothing while a worker retires and another one takes over.
func testDrainLosesNothing(t *testing.T, w server.Worker, _ Traits) {
	b := start(t, w)
	successor := *b.Env
	successor.Listeners = []int{dup(t, b.Env.Listeners[0])}
	next := start(t, w, func(e *server.Env) { e.Listeners = successor.Listeners })
	next.network, next.Addr = "tcp", b.Addr

	var wg sync.WaitGroup
	var stop atomic.Bool
	var answered atomic.Int64
	for range 8 {
		wg.Go(func() {
			for !stop.Load() {
				b.converse(t, &stop, &answered)
			}
		})
	}
	patience.Eventually(t, "the load is under way", func() bool { return answered.Load() > 200 })
	b.stop()
	b.drained(t)
	seen := answered.Load()
	patience.Eventually(t, "the successor serves", func() bool { return answered.Load() > seen+200 })
	stop.Store(true)
	wg.Wait()
}

// converse uses a connection until the server says it closes. Anything else that ends it is a loss.
func (b *Bench) converse(t *testing.T, stop *atomic.Bool, answered *atomic.Int64) {
	c, err := net.Dial("tcp", b.Addr)
	if err != nil {
		t.Errorf("dial: %v", err)
		stop.Store(true)
		return
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	r := bufio.NewReader(c)
	for !stop.Load() {
		_, err := io.WriteString(c, getHello)
		var resp *http.Response
		if err == nil {
			resp, err = http.ReadResponse(r, nil)
		}
		if err == nil {
			_, err = io.Copy(io.Discard, resp.Body)
		}
		if err != nil {
			t.Errorf("lost after %d answers: %v", answered.Load(), err)
			stop.Store(true)
			return
		}
		answered.Add(1)
		if resp.Close {
			return
		}
	}
}

func dup(t *testing.T, fd int) int {
	t.Helper()
	n, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func testMaxRequests(t *testing.T, w server.Worker, _ Traits) {
	b := start(t, w, func(e *server.Env) { e.Conns.MaxRequests = 5 })
	for range 5 {
		if got := b.do(t, getHello); got.status != 200 {
			t.Fatalf("got %+v", got)
		}
	}
	b.drained(t)
	if n := b.retired.Load(); n != 1 {
		t.Errorf("retired %d times", n)
	}
}

func testInterpreterLock(t *testing.T, w server.Worker, _ Traits) {
	b := start(t, w, withLock)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			b.ask(t, "GET /task?do=cpu:1ms,wait:5ms,cpu:1ms HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
		})
	}
	wg.Wait()
	if n := b.Env.Page.LockTaken.Load(); n < 1 {
		t.Errorf("lock taken %d times for 6 requests", n)
	}
}
