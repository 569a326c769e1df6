package loadgen

import (
	"bufio"
	"context"
	"flag"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// TestMain runs four tests at once, whatever the processors, since they mostly wait.
func TestMain(m *testing.M) {
	_ = flag.Set("test.parallel", "4")
	goleak.VerifyTestMain(m)
}

// serve starts an HTTP server for one test.
func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// attack runs a and fails the test if that is not possible.
func attack(t *testing.T, a *Attack) *Report {
	t.Helper()
	r, err := a.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	balance(t, r)
	return r
}

// balance checks that every request is accounted for.
func balance(t *testing.T, r *Report) {
	t.Helper()
	if r.Planned != r.Sent+r.Unsent || r.Sent != r.Completed+r.Failed+r.Cut {
		t.Errorf("planned %d, sent %d, unsent %d, completed %d, failed %d, cut %d do not add up",
			r.Planned, r.Sent, r.Unsent, r.Completed, r.Failed, r.Cut)
	}
	var failed uint64
	for _, n := range r.Failures {
		failed += n
	}
	if failed != r.Failed {
		t.Errorf("%d failures by kind %v, %d in all", failed, r.Failures, r.Failed)
	}
	if n := uint64(r.Response.TotalCount()); n != r.Completed || uint64(r.Service.TotalCount()) != n {
		t.Errorf("%d successes, %d response times, %d service times", r.Completed, n, r.Service.TotalCount())
	}
}

// A rawServer answers with bytes and keeps count of what reached it.
type rawServer struct {
	url      string
	heads    atomic.Int64 // requests whose head was read
	accepted atomic.Int64
}

// serveRaw starts a server that calls answer for each request of a connection, counted from 0, until
// it returns false; then the connection is closed.
func serveRaw(t *testing.T, answer func(c net.Conn, request int) bool) *rawServer {
	t.Helper()
	return serveEach(t, func(c net.Conn, _ *http.Request, n int) bool { return answer(c, n) })
}

// serveEach is serveRaw for answers that depend on the request.
func serveEach(t *testing.T, answer func(c net.Conn, r *http.Request, request int) bool) *rawServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &rawServer{url: "http://" + listener.Addr().String() + "/"}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			s.accepted.Add(1)
			serving.Go(func() { s.connection(c, answer) })
		}
	})
	t.Cleanup(func() {
		if err := listener.Close(); err != nil {
			t.Error(err)
		}
		serving.Wait()
	})
	return s
}

func (s *rawServer) connection(c net.Conn, answer func(net.Conn, *http.Request, int) bool) {
	defer c.Close()
	in := bufio.NewReader(c)
	for n := 0; ; n++ {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		s.heads.Add(1)
		if _, err := io.Copy(io.Discard, r.Body); err != nil || !answer(c, r, n) {
			return
		}
	}
}

const hello = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n"

// say writes text and reports whether that worked.
func say(c net.Conn, text string) bool {
	_, err := io.WriteString(c, text)
	return err == nil
}

// short is an attack long enough to count something and no longer.
const short = 300 * time.Millisecond
