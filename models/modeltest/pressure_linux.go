package modeltest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/internal/patience"
	"github.com/workerlab/workerlab/server"
)

// talk is a connection with what has been read ahead on it.
type talk struct {
	net.Conn
	r *bufio.Reader
}

// warm opens a connection and has one exchange on it, so that it is idle between two requests.
func (b *Bench) warm(t *testing.T) talk {
	t.Helper()
	c := b.dial(t)
	w := talk{c, bufio.NewReader(c)}
	w.hello(t)
	return w
}

func (w talk) hello(t *testing.T) {
	t.Helper()
	send(t, w, getHello)
	w.answered(t)
}

func (w talk) answered(t *testing.T) {
	t.Helper()
	if got := read(t, w.r, "GET"); got.status != 200 {
		t.Fatalf("got %+v", got)
	}
}

// A request that came in time is answered, even if nothing was free to look at it before the
// connection's keep-alive time was over: neither a thread, nor a loop, which is told of fewer
// connections at once than these.
func testQueuedRequests(t *testing.T, w server.Worker, traits Traits) {
	if !traits.KeepAlive {
		t.Skip("no keep-alive")
	}
	busy := 1
	if traits.Threaded {
		busy = Threads
	}
	for keep := time.Second; !queuedRequests(t, w, busy, keep); keep *= 2 {
		t.Logf("too slow a host to ask within %v", keep)
	}
}

func queuedRequests(t *testing.T, w server.Worker, busy int, keep time.Duration) (inTime bool) {
	const connections = 300
	b := start(t, w, func(e *server.Env) { e.Conns.KeepAlive = keep })
	opened := time.Now()
	var idle []talk
	for range connections {
		idle = append(idle, b.warm(t))
	}
	for range busy {
		send(t, b.dial(t), fmt.Sprintf("GET /task?do=block:%v HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n", keep*3/2))
	}
	patience.Eventually(t, "the worker is busy", func() bool { return int(b.Env.Page.InFlight.Load()) == busy })
	if time.Since(opened) > keep/2 {
		return false
	}
	for _, c := range idle {
		send(t, c, getHello)
	}
	if time.Since(opened) > keep {
		return false
	}
	for _, c := range idle {
		c.answered(t)
	}
	return true
}

// The keep-alive time begins with the response, not before the work that led to it.
func testIdleAfterWork(t *testing.T, w server.Worker, traits Traits) {
	if !traits.KeepAlive {
		t.Skip("no keep-alive")
	}
	b := start(t, w)
	c := b.dial(t)
	r := bufio.NewReader(c)
	send(t, c, "GET /task?do=block:600ms HTTP/1.1\r\nHost: t\r\n\r\n") // longer than keepAlive
	read(t, r, "GET")
	parked := time.Now()
	atEOF(t, r)
	if idle := time.Since(parked); idle < keepAlive/2 {
		t.Errorf("closed after %v, keep-alive is %v", idle, keepAlive)
	}
}

// A client that sends its body a byte at a time, or does not read its response, is served in the end and
// keeps nobody else waiting, unless the class serves one connection at a time anyway.
func testSlowClients(t *testing.T, w server.Worker, traits Traits) {
	b := start(t, w)
	others := func() {
		if traits.KeepAlive {
			if got := b.do(t, getHello); got.status != 200 {
				t.Errorf("got %+v", got)
			}
		}
	}
	const body = "drop by drop"
	c := b.dial(t)
	send(t, c, fmt.Sprintf("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: %d\r\n\r\n", len(body)))
	patience.Eventually(t, "the request began", func() bool { return b.Env.Page.InFlight.Load() == 1 })
	for i := range len(body) {
		send(t, c, body[i:i+1])
		others()
	}
	if got := read(t, bufio.NewReader(c), "POST"); got.body != body {
		t.Errorf("got %+v", got)
	}
	_ = c.Close()
	reader := b.dial(t)
	send(t, reader, "GET "+big+" HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
	patience.Eventually(t, "the server filled the sockets", func() bool { return b.Env.Page.BytesOut.Load() > 64<<10 })
	others()
	if got := read(t, bufio.NewReader(reader), "GET"); len(got.body) != bigSize {
		t.Errorf("read %d of %d bytes", len(got.body), bigSize)
	}
}

// Clients that pipeline without end, faster than they can be served, get no more than their share.
func testFlood(t *testing.T, w server.Worker, traits Traits) {
	if !traits.KeepAlive {
		t.Skip("no pipelining")
	}
	b := start(t, w)
	var stop atomic.Bool
	var all sync.WaitGroup
	flood := b.dial(t)
	all.Go(func() { _, _ = io.Copy(io.Discard, flood) })
	all.Go(func() {
		block := []byte(strings.Repeat(getHello, 2000))
		for !stop.Load() {
			if _, err := flood.Write(block); err != nil {
				t.Error(err)
				return
			}
		}
		_ = flood.(*net.TCPConn).CloseWrite()
	})
	patience.Eventually(t, "the flood is under way", func() bool { return b.Env.Page.Requests.Load() > 10000 })
	for range 30 {
		if got := b.do(t, getHello); got.status != 200 {
			t.Errorf("got %+v", got)
		}
	}
	stop.Store(true)
	all.Wait()
}

// A worker that cannot accept, for want of descriptors, goes on serving what it has, does not spin, and
// accepts again once a connection has ended.
func testAcceptFailure(t *testing.T, w server.Worker, traits Traits) {
	if !traits.KeepAlive {
		t.Skip("sync holds one connection by nature")
	}
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pipe[1])
	warnings := &counter{Handler: slog.DiscardHandler}
	front := &Bench{}
	ln, idle := front.listenTCP(t), (&Bench{}).listenTCP(t)
	defer unix.Close(idle)
	b := start(t, w, func(e *server.Env) {
		e.Conns.KeepAlive = time.Minute
		e.Log = slog.New(warnings)
		e.Listeners = []int{ln, pipe[0]}
	})
	b.network, b.Addr = "tcp", front.Addr
	c := b.warm(t)
	if _, err := unix.Write(pipe[1], []byte{1}); err != nil { // "a connection waits", which accept refuses
		t.Fatal(err)
	}
	patience.Eventually(t, "the worker complains", func() bool { return warnings.n.Load() > 0 })
	for range 100 {
		c.hello(t)
	}
	if n := warnings.n.Load(); n != 1 {
		t.Errorf("complained %d times", n)
	}
	if err := unix.Dup3(idle, pipe[0], unix.O_CLOEXEC); err != nil { // what was wrong is over
		t.Fatal(err)
	}
	waiting := b.dial(t)
	send(t, waiting, getHello)
	if n := b.Env.Page.Accepted.Load(); n != 1 {
		t.Errorf("%d connections accepted", n)
	}
	_ = c.Close()
	talk{waiting, bufio.NewReader(waiting)}.answered(t)
}

// counter counts what is logged.
type counter struct {
	slog.Handler
	n atomic.Int64
}

func (*counter) Enabled(context.Context, slog.Level) bool { return true }

func (c *counter) Handle(context.Context, slog.Record) error { c.n.Add(1); return nil }
