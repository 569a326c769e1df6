package slow

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A server answers with bytes, one request a connection, and counts what reached it.
type server struct {
	net.Listener
	accepted, heads, gone atomic.Int64
}

// listen starts a server that begins to accept once begin is closed.
func listen(t *testing.T, begin <-chan struct{}, answer func(s *server, k net.Conn, r *http.Request)) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{Listener: l}
	var serving sync.WaitGroup
	serving.Go(func() {
		<-begin
		for {
			k, err := l.Accept()
			if err != nil {
				return
			}
			s.accepted.Add(1)
			serving.Go(func() { s.serve(k, answer) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		serving.Wait()
	})
	return s
}

func (s *server) serve(k net.Conn, answer func(*server, net.Conn, *http.Request)) {
	defer k.Close()
	r, err := http.ReadRequest(bufio.NewReader(k))
	if err != nil {
		s.gone.Add(1)
		return
	}
	s.heads.Add(1)
	answer(s, k, r)
}

// now is a channel that is closed already.
func now() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

const hello = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n"

func run(ctx context.Context, t *testing.T, c Clients) Report {
	t.Helper()
	r, err := c.Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Each client asks again and again; what the server answered counts, by how it answered.
func TestWhatCounts(t *testing.T) {
	t.Parallel()
	bytes := func(n int) string {
		return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", n, make([]byte, n))
	}
	for _, c := range []struct {
		name       string
		read, post int64
		answer     string
		completed  bool
	}{
		{name: "a sender's success", answer: hello, completed: true},
		{name: "a sender's bad status", answer: "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"},
		{name: "a sender is hung up on"},
		{name: "half an answer", answer: hello[:len(hello)-3]},
		{name: "a reader's success", read: 10_000, answer: bytes(10_000), completed: true},
		{name: "another length than was asked for", read: 10_000, answer: bytes(9_999)},
		{name: "a poster's success", post: 10, answer: bytes(10), completed: true},
		{name: "less than was posted", post: 10, answer: bytes(9)},
		{name: "a poster's bad status", post: 10, answer: "HTTP/1.1 413 Content Too Large\r\nContent-Length: 10\r\n\r\n0123456789"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			const rounds = 3
			s := listen(t, now(), func(s *server, k net.Conn, r *http.Request) {
				ask := fmt.Sprintf("%s %s of %d bytes", r.Method, r.URL.RequestURI(), r.ContentLength)
				if want := asks(c.read, c.post); ask != want {
					t.Errorf("asked for %s, want %s", ask, want)
				}
				if n, err := io.Copy(io.Discard, r.Body); n != c.post || err != nil {
					t.Errorf("a body of %d bytes, want %d: %v", n, c.post, err)
				}
				if s.heads.Load() > rounds { // by now the client has accounted for all before
					cancel()
					return
				}
				_, _ = io.WriteString(k, c.answer) // an error is the client's to count
			})
			r := run(ctx, t, Clients{Address: s.Addr().String(), N: 1, Over: time.Millisecond, Read: c.read, Post: c.post})
			want := Report{Failed: rounds}
			if c.completed {
				want = Report{Completed: rounds}
			}
			if r != want {
				t.Errorf("got %+v, want %+v", r, want)
			}
		})
	}
}

// asks is what clients of a kind ask for.
func asks(read, post int64) string {
	switch {
	case read > 0:
		return fmt.Sprintf("GET /bytes?n=%d of 0 bytes", read)
	case post > 0:
		return fmt.Sprintf("POST /echo of %d bytes", post)
	}
	return "GET / of 0 bytes"
}

// Connected comes when all stand, and before any has sent: the server has not even accepted. Then each
// head takes its time, or each body.
func TestTheyConnectFirstAndTakeTheirTime(t *testing.T) {
	t.Parallel()
	for kind, post := range map[string]int64{"senders": 0, "posters": 10} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			connectFirst(t, post)
		})
	}
}

func connectFirst(t *testing.T, post int64) {
	const n, over = 8, 200 * time.Millisecond
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	connected := make(chan struct{})
	begun := time.Now()
	var whole, hasty atomic.Int64
	s := listen(t, connected, func(_ *server, k net.Conn, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // of one that is cut short too few are whole
		if time.Since(begun) < over {
			hasty.Add(1)
		}
		if whole.Add(1) == n {
			cancel()
		}
		_, _ = k.Read(make([]byte, 1)) // keep the client until the end: each asks once
	})
	r := run(ctx, t, Clients{Address: s.Addr().String(), N: n, Over: over, Post: post, Connected: connected})
	if r != (Report{}) {
		t.Errorf("%+v, though nothing was answered", r)
	}
	if s.accepted.Load() != n || whole.Load() != n || hasty.Load() != 0 {
		t.Errorf("%d connections, %d requests, %d of them sooner than %v; want %d, %d, 0",
			s.accepted.Load(), whole.Load(), hasty.Load(), over, n, n)
	}
}

// The end of the run finds clients in the middle of a head that would take an hour.
func TestTheEndCutsWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	connected := make(chan struct{})
	s := listen(t, now(), func(*server, net.Conn, *http.Request) { t.Error("a head of an hour is complete") })
	go func() {
		<-connected
		cancel()
	}()
	if r := run(ctx, t, Clients{Address: s.Addr().String(), N: 4, Over: time.Hour, Connected: connected}); r != (Report{}) {
		t.Errorf("%+v, though nothing has ended", r)
	}
}

// A reader of an hour keeps the server from writing more than the kernel's buffers take.
func TestAReaderHoldsTheServerUp(t *testing.T) {
	t.Parallel()
	const whole = 12_000_000
	answer := fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", whole)
	answer = append(answer, make([]byte, whole)...)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var written atomic.Int64
	s := listen(t, now(), func(_ *server, k net.Conn, _ *http.Request) {
		defer cancel()
		_ = k.(*net.TCPConn).SetWriteBuffer(64 << 10)           // the kernel may refuse: then more is written
		_ = k.SetWriteDeadline(time.Now().Add(time.Second / 4)) // long enough for a client that is not slow
		n, err := k.Write(answer)
		if written.Store(int64(n)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("the server could write %d bytes: %v", n, err)
		}
	})
	r := run(ctx, t, Clients{Address: s.Addr().String(), N: 1, Over: time.Hour, Read: whole})
	if r != (Report{}) || written.Load() == 0 || written.Load() > 1<<20 {
		t.Errorf("%+v; the server wrote %d bytes, want some and not over 1 MiB", r, written.Load())
	}
}

// A poster of an hour has its head there at once, and keeps the server from reading more than the first
// byte of the body.
func TestAPosterHoldsTheServerUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s := listen(t, now(), func(_ *server, k net.Conn, r *http.Request) {
		defer cancel()
		_ = k.SetReadDeadline(time.Now().Add(time.Second / 4)) // long enough for a client that is not slow
		if n, err := io.Copy(io.Discard, r.Body); n > 1 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("the server could read %d bytes: %v", n, err)
		}
	})
	r := run(ctx, t, Clients{Address: s.Addr().String(), N: 1, Over: time.Hour, Post: 100})
	if r != (Report{}) || s.heads.Load() != 1 {
		t.Errorf("%+v of %d requests, want nothing of one", r, s.heads.Load())
	}
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	good := Clients{Address: l.Addr().String(), N: 2, Over: time.Second}
	for name, spoil := range map[string]func(*Clients){
		"nobody listens":    func(*Clients) {},
		"no clients":        func(c *Clients) { c.N = 0 },
		"no time":           func(c *Clients) { c.Over = 0 },
		"less than none":    func(c *Clients) { c.Read = -1 },
		"a negative body":   func(c *Clients) { c.Post = -1 },
		"a body in no time": func(c *Clients) { c.Post = 1 },
		"two kinds at once": func(c *Clients) { c.Read, c.Post = 2, 2 },
	} {
		c := good
		c.Connected = make(chan struct{})
		spoil(&c)
		_, err := c.Run(context.Background())
		if err == nil || strings.Contains(err.Error(), "connecting") != (name == "nobody listens") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Neither ahead of the schedule nor behind it for ever: the last byte is due at the very end.
func TestDue(t *testing.T) {
	for _, c := range []struct {
		i, n int64
		want time.Duration
	}{
		{0, 10, 0},
		{5, 10, time.Second},
		{10, 10, 2 * time.Second},
		{1 << 40, 1 << 41, time.Second}, // i·over would not fit an int64
	} {
		if got := due(c.i, c.n, 2*time.Second); got != c.want {
			t.Errorf("%d of %d over 2s: %v, want %v", c.i, c.n, got, c.want)
		}
	}
}
