package modeltest

import (
	"bufio"
	"net"
	"sync"
	"testing"

	"github.com/workerlab/workerlab/internal/patience"
	"github.com/workerlab/workerlab/server"
)

// gthread keeps a connection only while fewer than worker-connections − threads are parked: the rest of
// its room is for those that its threads serve.
func testParkedLimit(t *testing.T, w server.Worker, traits Traits) {
	if !traits.Threaded {
		t.Skip("gthread's rule")
	}
	const parked = 2
	b := start(t, w, func(e *server.Env) { e.Settings.Connections = Threads + parked })
	asks := func() (c net.Conn, closes bool) {
		c = b.dial(t)
		send(t, c, getHello)
		return c, read(t, bufio.NewReader(c), "GET").close
	}
	var kept []net.Conn
	for range parked {
		c, closes := asks()
		if closes {
			t.Fatalf("with %d connections parked the next is not kept", len(kept))
		}
		kept = append(kept, c)
	}
	patience.Eventually(t, "no more connections are kept", func() bool { // a thread parks after it has answered
		c, closes := asks()
		_ = c.Close()
		return closes
	})
	for _, c := range kept {
		_ = c.Close()
	}
	patience.Eventually(t, "connections are kept again", func() bool {
		c, closes := asks()
		_ = c.Close()
		return !closes
	})
}

// With several workers gevent takes one connection a turn, so that a request it holds behind a
// computation is one that no idle worker could have had.
func testAcceptBatch(t *testing.T, w server.Worker, traits Traits) {
	if !traits.KeepAlive || traits.Threaded {
		t.Skip("of event loops")
	}
	b := start(t, w, func(e *server.Env) { e.Settings.Workers = 2 })
	page := b.Env.Page
	const more = 8
	ask := func() {
		send(t, b.dial(t), "GET /task?do=block:700ms HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
	}
	ask()
	patience.Eventually(t, "the loop is held", func() bool { return page.InFlight.Load() == 1 })
	ask()
	for range more - 1 {
		send(t, b.dial(t), getHello)
	}
	patience.Eventually(t, "the loop is held by the first of them", func() bool { return page.Requests.Load() > 1 })
	first := page.Accepted.Load() - 1
	if all := first == more; all == traits.OneATurn {
		t.Errorf("accepted %d of %d connections before it served one", first, more)
	}
}

// Workers that share a listener, rest at their limit and are woken one at a time leave nobody waiting.
func testSharedListener(t *testing.T, w server.Worker, _ Traits) {
	few := func(e *server.Env) {
		e.Settings.Connections, e.Settings.Exclusive, e.Settings.Workers = Threads, true, 2
	}
	b := start(t, w, few)
	other := []int{dup(t, b.Env.Listeners[0])}
	start(t, w, few, func(e *server.Env) { e.Listeners = other })
	var clients sync.WaitGroup
	for range 4 * Threads {
		clients.Go(func() {
			for range 25 {
				b.ask(t, "GET /task?do=wait:1ms HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
			}
		})
	}
	clients.Wait()
}

func testSeveralListeners(t *testing.T, w server.Worker, _ Traits) {
	var fronts [3]Bench
	var listeners []int
	for i := range fronts {
		fronts[i].network = "tcp"
		listeners = append(listeners, fronts[i].listenTCP(t))
	}
	start(t, w, func(e *server.Env) { e.Listeners = listeners })
	for range 3 {
		for i := range fronts {
			if got := fronts[i].do(t, getHello); got.status != 200 {
				t.Errorf("listener %d: got %+v", i, got)
			}
		}
	}
}
