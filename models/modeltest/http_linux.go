package modeltest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/internal/patience"
	"github.com/workerlab/workerlab/server"
)

const getHello = "GET / HTTP/1.1\r\nHost: test\r\n\r\n"

// answer is a response read to its end.
type answer struct {
	status int
	close  bool
	body   string
}

func read(t *testing.T, r *bufio.Reader, method string) answer {
	t.Helper()
	resp, err := http.ReadResponse(r, &http.Request{Method: method})
	if err != nil {
		t.Fatalf("read response: %v", err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("read body: %v", err)
	}
	return answer{resp.StatusCode, resp.Close, string(body)}
}

func (b *Bench) do(t *testing.T, request string) answer {
	t.Helper()
	c := b.dial(t)
	send(t, c, request)
	method, _, _ := strings.Cut(request, " ")
	return read(t, bufio.NewReader(c), method)
}

func send(t *testing.T, c net.Conn, s string) {
	t.Helper()
	if _, err := io.WriteString(c, s); err != nil {
		t.Fatalf("send: %v", err)
	}
}

// atEOF fails the test unless the server has closed the connection cleanly, with nothing more to read.
func atEOF(t *testing.T, r io.Reader) {
	t.Helper()
	if n, err := r.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("read %d bytes, %v; want a clean end", n, err)
	}
}

func testHello(t *testing.T, w server.Worker, _ Traits) {
	b := start(t, w)
	for range 3 {
		if got := b.do(t, getHello); got.status != 200 || got.body != "hello\n" {
			t.Errorf("got %+v", got)
		}
	}
	if n := b.Env.Page.Requests.Load(); n != 3 {
		t.Errorf("scoreboard counts %d requests, want 3", n)
	}
}

func testKeepAlive(t *testing.T, w server.Worker, traits Traits) {
	b := start(t, w)
	c := b.dial(t)
	r := bufio.NewReader(c)
	send(t, c, getHello)
	if got := read(t, r, "GET"); got.close == traits.KeepAlive {
		t.Fatalf("close=%v under a class with keep-alive=%v", got.close, traits.KeepAlive)
	}
	if !traits.KeepAlive {
		atEOF(t, r)
		return
	}
	for range 3 {
		send(t, c, getHello)
		if got := read(t, r, "GET"); got.status != 200 || got.close {
			t.Fatalf("got %+v", got)
		}
	}
	send(t, c, "GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
	if got := read(t, r, "GET"); !got.close {
		t.Error("the client asked to close and the server did not say so")
	}
	atEOF(t, r)
}

func testPipelining(t *testing.T, w server.Worker, traits Traits) {
	b := start(t, w)
	c := b.dial(t)
	r := bufio.NewReader(c)
	const n = 20
	var all strings.Builder
	for i := range n {
		fmt.Fprintf(&all, "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\n%02d", i)
	}
	send(t, c, all.String())
	for i := range n {
		got := read(t, r, "POST")
		if want := fmt.Sprintf("%02d", i); got.body != want {
			t.Fatalf("response %d is %+v, want %q", i, got, want)
		}
		if !traits.KeepAlive {
			return // sync answers the first and closes, as it announced
		}
	}
}

func testBytewiseHead(t *testing.T, w server.Worker, _ Traits) {
	b := start(t, w)
	c := b.dial(t)
	_ = c.(*net.TCPConn).SetNoDelay(true)
	for i := range len(getHello) {
		send(t, c, getHello[i:i+1])
	}
	if got := read(t, bufio.NewReader(c), "GET"); got.status != 200 {
		t.Errorf("got %+v", got)
	}
}

func testHead(t *testing.T, w server.Worker, _ Traits) {
	b := start(t, w)
	for _, c := range []struct {
		request string
		status  int
	}{
		{"HEAD / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n", 200},
		{"HEAD " + big + " HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n", 200},
		{"GET /nothing HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n", 204},
	} {
		conn := b.dial(t)
		send(t, conn, c.request)
		r := bufio.NewReader(conn)
		method, _, _ := strings.Cut(c.request, " ")
		if got := read(t, r, method); got.status != c.status || got.body != "" {
			t.Errorf("%q: got %+v", c.request, got)
		}
		atEOF(t, r) // no body bytes behind the head
	}
}

func testRefusals(t *testing.T, w server.Worker, _ Traits) {
	b := start(t, w)
	for _, c := range []struct {
		name, request string
		status        int
	}{
		{"no host", "GET / HTTP/1.1\r\n\r\n", 400},
		{"two lengths", "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
		{"length and chunked", "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
		{"long line", "GET /" + strings.Repeat("a", 5000) + " HTTP/1.1\r\nHost: t\r\n\r\n", 414},
		{"large field", "GET / HTTP/1.1\r\nHost: t\r\nX: " + strings.Repeat("a", 9000) + "\r\n\r\n", 431},
		{"bad chunk", "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
	} {
		conn := b.dial(t)
		send(t, conn, c.request)
		r := bufio.NewReader(conn)
		if got := read(t, r, "GET"); got.status != c.status || !got.close {
			t.Errorf("%s: got %+v, want %d and close", c.name, got, c.status)
		}
		atEOF(t, r)
		_ = conn.Close() // or the server would linger
	}
	if got := b.do(t, getHello); got.status != 200 {
		t.Errorf("after the refusals: %+v", got)
	}
}

func testStreamingEcho(t *testing.T, w server.Worker, _ Traits) {
	b := start(t, w)
	body := randomBytes(10 << 20)
	head := fmt.Sprintf("POST /echo HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: %d\r\n\r\n", len(body))
	if got := b.exchange(t, head, body); got != string(body) {
		t.Errorf("10 MB came back as %d bytes, or changed", len(got))
	}
}

func testChunkedEcho(t *testing.T, w server.Worker, _ Traits) {
	b := start(t, w)
	body := randomBytes(1 << 20)
	var framed bytes.Buffer
	for rest := body; len(rest) > 0; {
		n := min(len(rest), 3000)
		fmt.Fprintf(&framed, "%x\r\n%s\r\n", n, rest[:n])
		rest = rest[n:]
	}
	framed.WriteString("0\r\n\r\n")
	head := "POST /echo HTTP/1.1\r\nHost: t\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
	if got := b.exchange(t, head, framed.Bytes()); got != string(body) {
		t.Errorf("1 MB in chunks came back as %d bytes, or changed", len(got))
	}
}

// exchange sends while it reads, as a client of a streaming server must.
func (b *Bench) exchange(t *testing.T, head string, body []byte) string {
	t.Helper()
	c := b.dial(t)
	sent := make(chan error, 1)
	go func() {
		_, err := c.Write(append([]byte(head), body...))
		sent <- err
	}()
	got := read(t, bufio.NewReader(c), "POST")
	if err := <-sent; err != nil {
		t.Errorf("send: %v", err)
	}
	return got.body
}

func randomBytes(n int) []byte {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func testContinue(t *testing.T, w server.Worker, _ Traits) {
	b := start(t, w)
	c := b.dial(t)
	send(t, c, "POST /echo HTTP/1.1\r\nHost: t\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
	r := bufio.NewReader(c)
	line, err := r.ReadString('\n')
	if err != nil || line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("got %q, %v", line, err)
	}
	if _, err := r.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	send(t, c, "body")
	if got := read(t, r, "POST"); got.status != 200 || got.body != "body" {
		t.Errorf("got %+v", got)
	}
}

// A body that the app does not read must not become the next request, nor reset the answer away.
func testUnreadBody(t *testing.T, w server.Worker, traits Traits) {
	b := start(t, w)
	c := b.dial(t)
	r := bufio.NewReader(c)
	body := strings.Repeat("GET /smuggled HTTP/1.1\r\nHost: t\r\n\r\n", 1000)
	send(t, c, fmt.Sprintf("POST /nothing HTTP/1.1\r\nHost: t\r\nContent-Length: %d\r\n\r\n%s", len(body), body))
	if got := read(t, r, "POST"); got.status != 204 || got.close == traits.KeepAlive {
		t.Fatalf("got %+v", got)
	}
	if !traits.KeepAlive {
		atEOF(t, r)
		return
	}
	send(t, c, getHello)
	if got := read(t, r, "GET"); got.body != "hello\n" {
		t.Errorf("the next request got %+v", got)
	}
}

func testHandlerFailures(t *testing.T, w server.Worker, _ Traits) {
	b := start(t, w)
	for _, path := range []string{"/panic", "/error"} {
		if got := b.do(t, "GET "+path+" HTTP/1.1\r\nHost: t\r\n\r\n"); got.status != 500 || !got.close {
			t.Errorf("%s: got %+v", path, got)
		}
	}
	// What has begun cannot become a 500: the client must see that it is cut off.
	for _, path := range []string{"/late-error", "/short"} {
		c := b.dial(t)
		send(t, c, "GET "+path+" HTTP/1.1\r\nHost: t\r\n\r\n")
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(resp.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: body ended with %v, want an unexpected EOF", path, err)
		}
	}
	if got := b.do(t, getHello); got.status != 200 {
		t.Errorf("after the failures: %+v", got)
	}
}

// The end of the connection is the end of an HTTP/1.0 response without a length, so one that is not
// whole must end in another way.
func testCutWithoutLength(t *testing.T, w server.Worker, _ Traits) {
	b := start(t, w)
	c := b.dial(t)
	send(t, c, "GET /late-error HTTP/1.0\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		if !errors.Is(err, unix.ECONNRESET) {
			t.Fatal(err)
		}
		return
	}
	if body, err := io.ReadAll(resp.Body); !errors.Is(err, unix.ECONNRESET) {
		t.Errorf("%q ended with %v, want a reset", body, err)
	}
}

// A client that pipelined behind the last response of its connection gets that one, and a clean end.
func testSurprise(t *testing.T, w server.Worker, traits Traits) {
	if !traits.KeepAlive {
		t.Skip("no keep-alive, so nobody was promised more")
	}
	b := start(t, w)
	c := b.dial(t)
	send(t, c, "GET /task?do=block:200ms HTTP/1.1\r\nHost: t\r\n\r\n")
	patience.Eventually(t, "the request began", func() bool { return b.Env.Page.InFlight.Load() == 1 })
	send(t, c, getHello)
	b.stop()
	r := bufio.NewReader(c)
	if got := read(t, r, "GET"); got.status != 200 || !got.close {
		t.Errorf("got %+v, want 200 and close", got)
	}
	atEOF(t, r)
}
