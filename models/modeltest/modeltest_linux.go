// Package modeltest is what every worker model must pass on real sockets: HTTP as clients see it, and
// the manners by which the classes differ (Traits).
package modeltest

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/server"
	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/gil"
	"github.com/workerlab/workerlab/server/lab"
	"github.com/workerlab/workerlab/server/scoreboard"
	"github.com/workerlab/workerlab/server/task"
)

// Traits are the manners of a class, off the semantics of gunicorn's.
type Traits struct {
	KeepAlive bool // a connection carries more than one exchange
	Overlap   bool // waits of requests overlap (with 4 threads, where there are threads)
	// BeatsInWait: a handler that waits does not keep the worker from beating, so it outlives the timeout.
	BeatsInWait bool
	// OverAccepts: connections are accepted while those before them are being served.
	OverAccepts bool
	// OneATurn: of several workers each takes one connection a turn of its loop.
	OneATurn bool
	// Threaded: a pool of threads serves, so that Threads handlers block at once.
	Threaded bool
}

// Threads is the number of threads that the suite gives classes that have threads.
const Threads = 4

// Main is the TestMain of a package that runs the suite: four tests at once, whatever the processors,
// since they mostly wait (-parallel overrides it), and no goroutine left behind.
func Main(m *testing.M) {
	_ = flag.Set("test.parallel", "4")
	goleak.VerifyTestMain(m)
}

// Run puts w through the suite.
func Run(t *testing.T, w server.Worker, traits Traits) {
	for name, test := range suite {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // they mostly wait
			test(t, w, traits)
		})
	}
}

var suite = map[string]func(*testing.T, server.Worker, Traits){
	"Hello":               testHello,
	"KeepAlive":           testKeepAlive,
	"Pipelining":          testPipelining,
	"BytewiseHead":        testBytewiseHead,
	"HeadAndNoBody":       testHead,
	"Refusals":            testRefusals,
	"StreamingEcho":       testStreamingEcho,
	"ChunkedEcho":         testChunkedEcho,
	"Continue":            testContinue,
	"UnreadBody":          testUnreadBody,
	"HandlerFailures":     testHandlerFailures,
	"ClientsThatVanish":   testClientsThatVanish,
	"UnixSocket":          testUnixSocket,
	"SlowReader":          testSlowReader,
	"WaitsOverlap":        testOverlap,
	"Heartbeat":           testHeartbeat,
	"AcceptWhileBusy":     testAcceptWhileBusy,
	"ConnectionsLimit":    testConnectionsLimit,
	"IdleExpiry":          testIdleExpiry,
	"HeaderDeadline":      testHeaderDeadline,
	"DrainFinishesFlight": testDrain,
	"DrainLosesNothing":   testDrainLosesNothing,
	"MaxRequests":         testMaxRequests,
	"InterpreterLock":     testInterpreterLock,

	"LabBytes":  testLabBytes,
	"LabMemory": testLabMemory,

	"QueuedRequests": testQueuedRequests,
	"IdleAfterWork":  testIdleAfterWork,
	"AcceptFailure":  testAcceptFailure,
	"SlowClients":    testSlowClients,
	"Flood":          testFlood,

	"Upstream":          testUpstream,
	"UpstreamThatFails": testUpstreamThatFails,
	"EmptyDemands":      testEmptyDemands,
	"TwoStreams":        testTwoStreamsOfOneDescriptor,

	"ParkedLimit":      testParkedLimit,
	"AcceptBatch":      testAcceptBatch,
	"SharedListener":   testSharedListener,
	"SeveralListeners": testSeveralListeners,

	"CutWithoutLength": testCutWithoutLength,
	"Surprise":         testSurprise,
}

// keepAlive is long enough for a client that asks at once and short enough for drains to end soon.
const keepAlive = 500 * time.Millisecond

// A Bench is one worker of a class serving in this process.
type Bench struct {
	Env  *server.Env
	Addr string

	network string
	retired atomic.Int64
	stop    context.CancelFunc
	ended   chan error
}

// options adjust a bench before it starts.
type option func(*server.Env)

// start serves the lab app and a few handlers that fail, until the test ends.
func start(t *testing.T, w server.Worker, options ...option) *Bench {
	t.Helper()
	b := &Bench{network: "tcp", ended: make(chan error, 1)}
	page := &scoreboard.Page{}
	settings := server.Defaults()
	settings.Threads = Threads
	b.Env = &server.Env{
		Settings: settings, Page: page, Burner: task.Burner{Rate: 1e4}, Log: slog.New(slog.DiscardHandler),
		Conns: &exchange.Config{
			Handler: app(lab.App(lab.Options{Class: "test", Faults: true, Memory: make([]byte, 1<<20)})), Page: page, Limits: settings.Limits,
			KeepAlive: keepAlive, HeaderTimeout: settings.HeaderTimeout,
		},
	}
	for _, o := range options {
		o(b.Env)
	}
	if b.Env.Listeners == nil {
		b.Env.Listeners = []int{b.listenTCP(t)}
	} else {
		b.network = "unix"
	}
	b.serve(t, w)
	return b
}

func (b *Bench) serve(t *testing.T, w server.Worker) {
	ctx, cancel := context.WithCancel(context.Background())
	b.stop = cancel
	b.Env.Start = func(connection int) (server.Child, error) { return b.child(w, connection) }
	b.Env.Conns.Retire = func() { b.retired.Add(1); cancel() }
	go func() { b.ended <- w.Serve(ctx, b.Env) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-b.ended:
			if err != nil {
				t.Errorf("Serve: %v", err)
			}
		case <-time.After(20 * time.Second):
			t.Error("Serve did not return after a drain")
		}
		if n := b.Env.Page.Connections.Load(); n != 0 {
			t.Errorf("%d connections left open", n)
		}
		if n := b.Env.Page.InFlight.Load(); n != 0 {
			t.Errorf("%d requests left in flight", n)
		}
	})
}

// child is a process of the class, as far as one can be a goroutine of this one.
func (b *Bench) child(w server.Worker, connection int) (server.Child, error) {
	fd, err := unix.FcntlInt(uintptr(connection), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return server.Child{}, err
	}
	var ended [2]int
	if err := unix.Pipe2(ended[:], unix.O_CLOEXEC); err != nil {
		return server.Child{}, err
	}
	env := *b.Env
	env.Connection = fd
	done := make(chan error, 1)
	go func() {
		done <- w.Serve(context.Background(), &env)
		_ = unix.Close(ended[1])
	}()
	return server.Child{Ended: ended[0], Reap: func() { _, _ = <-done, unix.Close(ended[0]) }}, nil
}

// drained waits for Serve to return, and leaves its result for the clean-up.
func (b *Bench) drained(t *testing.T) {
	t.Helper()
	select {
	case err := <-b.ended:
		b.ended <- err
	case <-time.After(20 * time.Second):
		t.Fatal("Serve did not return")
	}
}

func (b *Bench) listenTCP(t *testing.T) int {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := unix.Listen(fd, 512); err != nil {
		t.Fatal(err)
	}
	sa, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	b.Addr = fmt.Sprintf("127.0.0.1:%d", sa.(*unix.SockaddrInet4).Port)
	return fd
}

// dial connects, with a deadline that no test should reach.
func (b *Bench) dial(t *testing.T) net.Conn {
	t.Helper()
	c, err := net.Dial(b.network, b.Addr)
	if err != nil {
		t.Fatal(err)
	}
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// app adds to the lab the handlers that a well-behaved app lacks.
func app(next exchange.Handler) exchange.Handler {
	return func(x *exchange.Exchange) error {
		switch string(x.Req.Path()) {
		case "/panic":
			panic("asked to")
		case "/error":
			return io.ErrNoProgress
		case "/late-error":
			if _, err := io.WriteString(x, "half"); err != nil {
				return err
			}
			if err := x.Flush(); err != nil {
				return err
			}
			return io.ErrNoProgress
		case "/short":
			if err := x.Respond(200, 10); err != nil {
				return err
			}
			_, err := io.WriteString(x, "four")
			return err
		case "/nothing":
			return x.Respond(204, -1)
		}
		return next(x)
	}
}

// big is what the lab answers with bigSize bytes: beyond what the sockets' buffers hold.
const (
	big     = "/bytes?n=12582912"
	bigSize = 12 << 20
)

func withLock(e *server.Env) {
	e.Lock = gil.New(5*time.Millisecond, &e.Page.LockTaken, &e.Page.LockForced)
}
