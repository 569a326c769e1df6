package loadgen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/workerlab/workerlab/loadgen/arrival"
)

// Each answer ends in exactly one account.
func TestWhatAnswersCountAs(t *testing.T) {
	for _, c := range []struct {
		name    string
		method  string
		answer  string // and then the connection is closed
		failure string // "": a success
		bytes   uint64 // of a success
	}{
		{name: "length", answer: hello, bytes: 6},
		{name: "chunks", answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", bytes: 5},
		{name: "to the end of the connection", answer: "HTTP/1.1 200 OK\r\n\r\nabc", bytes: 3},
		{name: "after an informational head", answer: "HTTP/1.1 103 Early Hints\r\n\r\n" + hello, bytes: 6},
		{name: "no content", answer: "HTTP/1.1 204 No Content\r\n\r\n"},
		{name: "head", method: "HEAD", answer: "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n"},
		{name: "a redirect is not followed", answer: "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"},
		{name: "client error", answer: "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", failure: "status 404"},
		{name: "server error", answer: "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", failure: "status 503"},
		{name: "nothing", failure: FailEOF},
		{name: "half a head", answer: "HTTP/1.1 200 OK\r\nConte", failure: FailEOF},
		{name: "half a body", answer: "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhel", failure: FailEOF},
		{name: "half a chunk", answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", failure: FailEOF},
		{name: "a bad chunk", answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", failure: FailMalformed},
		{name: "another protocol", answer: "220 mail.example ESMTP\r\n\r\n", failure: FailMalformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := serveRaw(t, func(conn net.Conn, _ int) bool { say(conn, c.answer); return false })
			r := attack(t, &Attack{
				Targets:  []Target{{Method: c.method, URL: s.url}},
				Schedule: arrival.Constant(50), KeepAlive: true, Duration: short,
			})
			if r.Sent != 15 || s.heads.Load() != 15 {
				t.Errorf("sent %d, the server read %d, want 15", r.Sent, s.heads.Load())
			}
			want := map[string]uint64{}
			if c.failure != "" {
				want[c.failure] = 15
			}
			if !maps.Equal(r.Failures, want) {
				t.Errorf("failures %v, want %v", r.Failures, want)
			}
			if r.BytesIn != 15*c.bytes && c.failure == "" {
				t.Errorf("%d bytes, want %d", r.BytesIn, 15*c.bytes)
			}
		})
	}
}

// A server that closes a kept-alive connection when the next request arrives loses that request. The
// request is idempotent and net/http would send it again.
func TestLostRequestsAreCountedNotRetried(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, func(c net.Conn, n int) bool { return n == 0 && say(c, hello) })
	r := attack(t, &Attack{
		Targets:  []Target{{URL: s.url}},
		Schedule: arrival.Constant(200), Connections: 1, KeepAlive: true, Duration: 500 * time.Millisecond,
	})
	if got := uint64(s.heads.Load()); got != r.Sent || r.Sent != 100 {
		t.Errorf("sent %d, the server read %d, want 100 each", r.Sent, got)
	}
	if lost := r.Failures[FailEOF] + r.Failures[FailReset]; lost != 50 || r.Completed != 50 {
		t.Errorf("completed %d, failures %v, want 50 lost", r.Completed, r.Failures)
	}
	if r.Opened != 50 || r.Reused != 50 || r.Broken != 50 || uint64(s.accepted.Load()) != 50 {
		t.Errorf("opened %d, reused %d and broken %d, accepted %d, want 50 each", r.Opened, r.Reused, r.Broken, s.accepted.Load())
	}
}

// The same server under net/http's own client hides every loss: the reason for a transport of our own.
func TestNetHTTPWouldRetry(t *testing.T) {
	s := serveRaw(t, func(c net.Conn, n int) bool { return n == 0 && say(c, hello) })
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	for range 10 {
		response, err := client.Get(s.url)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
	}
	if s.heads.Load() <= 10 {
		t.Errorf("10 requests were read %d times: net/http no longer retries, use it", s.heads.Load())
	}
}

// A connection closed while it is idle costs nothing but a new one.
func TestIdleConnectionsThatTheServerCloses(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, func(c net.Conn, _ int) bool { say(c, hello); return false })
	r := attack(t, &Attack{
		Targets:  []Target{{URL: s.url}},
		Schedule: arrival.Constant(100), Connections: 1, KeepAlive: true, Duration: 500 * time.Millisecond,
	})
	if r.Completed != 50 || r.Opened != 50 || r.Hangups != 49 {
		t.Errorf("completed %d, opened %d, hangups %d, failures %v, want 50, 50, 49",
			r.Completed, r.Opened, r.Hangups, r.Failures)
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	for name, answer := range map[string]func(net.Conn, int) bool{
		"head": func(net.Conn, int) bool { <-release; return false },
		"body": func(c net.Conn, _ int) bool { say(c, hello[:len(hello)-3]); <-release; return false },
	} {
		s := serveRaw(t, answer)
		r := attack(t, &Attack{
			Targets:  []Target{{URL: s.url}},
			Schedule: arrival.Constant(20), Connections: 2, KeepAlive: true, Duration: short, Timeout: 100 * time.Millisecond,
		})
		if r.Failures[FailTimeout] != 6 || r.Sent != 6 {
			t.Errorf("%s: sent %d, failures %v, want 6 timeouts", name, r.Sent, r.Failures)
		}
	}
	close(release)
}

func TestRefused(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	r := attack(t, &Attack{Targets: []Target{{URL: url}}, Schedule: arrival.Constant(50), Duration: short})
	if r.Failures[FailRefused] != 15 {
		t.Errorf("failures %v, want 15 refused", r.Failures)
	}
	if !slices.ContainsFunc(r.Warnings, func(w string) bool { return strings.Contains(w, "no request succeeded") }) {
		t.Errorf("warnings %q do not say that nothing succeeded", r.Warnings)
	}
}

// Warm-up requests travel on the measured connections and appear nowhere but in Observe.
func TestWarmupOpensTheConnectionsAndIsDiscarded(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, func(c net.Conn, _ int) bool { return say(c, hello) })
	var warm, measured int
	r := attack(t, &Attack{
		Targets:  []Target{{URL: s.url}},
		Schedule: arrival.Constant(100), Connections: 8, KeepAlive: true, Warmup: short, Duration: short,
		Observe: func(s Sample) {
			if s.Intended < 0 {
				warm++
			} else {
				measured++
			}
		},
	})
	if warm != 30 || measured != 30 || r.Completed != 30 {
		t.Errorf("%d warm, %d measured, %d completed, want 30 each", warm, measured, r.Completed)
	}
	if r.Opened != 0 || r.Reused != 30 || s.accepted.Load() != 8 {
		t.Errorf("opened %d and reused %d in the window, accepted %d, want 0, 30, 8", r.Opened, r.Reused, s.accepted.Load())
	}
}

// Whoever announces that a connection ends has broken no promise; whoever just ends it has.
func TestWarningOfConnectionsThatTheServerCloses(t *testing.T) {
	for _, c := range []struct {
		name, answer string
		keep, warned bool
	}{
		{"announced", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", false, false},
		{"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false, false},
		{"not announced", hello, false, true},
		{"kept", hello, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := serveRaw(t, func(conn net.Conn, _ int) bool { return say(conn, c.answer) && c.keep })
			r := attack(t, &Attack{
				Targets: []Target{{URL: s.url}}, Schedule: arrival.Constant(100), Connections: 1, KeepAlive: true, Warmup: short, Duration: short,
			})
			warned := slices.ContainsFunc(r.Warnings, func(s string) bool { return strings.Contains(s, "connections were opened") })
			if warned != c.warned || (r.Opened == 0) != c.keep {
				t.Errorf("%d connections opened, warnings %q", r.Opened, r.Warnings)
			}
		})
	}
}

func TestConnectionPerRequest(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, func(c net.Conn, _ int) bool { return say(c, hello) })
	r := attack(t, &Attack{Targets: []Target{{URL: s.url}}, Schedule: arrival.Constant(100), Duration: short})
	if r.Opened != 30 || r.Reused != 0 || s.accepted.Load() != 30 {
		t.Errorf("opened %d, reused %d, accepted %d, want 30, 0, 30", r.Opened, r.Reused, s.accepted.Load())
	}
}

// concurrency serves requests that take a while and records how many were served at once.
func concurrency(t *testing.T) (url string, most func() int64) {
	var now, peak atomic.Int64
	s := serve(t, func(http.ResponseWriter, *http.Request) {
		n := now.Add(1)
		for old := peak.Load(); n > old && !peak.CompareAndSwap(old, n); old = peak.Load() {
		}
		time.Sleep(5 * time.Millisecond) //nolint:forbidigo // the service time of the server under test
		now.Add(-1)
	})
	return s.URL, peak.Load
}

func TestClosedLoopHasNoMoreRequestsInFlightThanClients(t *testing.T) {
	url, most := concurrency(t)
	r := attack(t, &Attack{Targets: []Target{{URL: url}}, Clients: 7, KeepAlive: true, Warmup: short, Duration: short})
	if most() != 7 {
		t.Errorf("%d requests at once, want 7", most())
	}
	if r.Open || r.Offered != 0 || r.Lag != (Lag{}) || r.Completed == 0 {
		t.Errorf("open %v, offered %v, lag %v, completed %d", r.Open, r.Offered, r.Lag, r.Completed)
	}
	if !r.Service.Equals(r.Response) {
		t.Error("service and response differ in a closed loop")
	}
}

func TestOpenLoopWaitsForOneOfTheConnections(t *testing.T) {
	url, most := concurrency(t)
	r := attack(t, &Attack{Targets: []Target{{URL: url}}, Schedule: arrival.Constant(2000), Connections: 3, KeepAlive: true, Duration: short})
	if most() != 3 || r.Completed != 600 {
		t.Errorf("%d requests at once, %d completed, want 3 and 600", most(), r.Completed)
	}
	if r.Waited < 300 {
		t.Errorf("%d of 600 requests waited for one of 3 connections that serve at most 600/s together", r.Waited)
	}
	if r.Bottleneck == BottleneckNone {
		t.Error("a server that answers less than a third of what it is sent was not found wanting")
	}
}

// A client that thinks for T before each request sends at most 1 + duration/T of them, and its time of
// thought is no part of its latency.
func TestThinking(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, func(c net.Conn, _ int) bool { return say(c, hello) })
	const think = 25 * time.Millisecond
	r := attack(t, &Attack{
		Targets: []Target{{URL: s.url}}, Clients: 4, KeepAlive: true, Duration: 500 * time.Millisecond,
		Think: func() time.Duration { return think },
	})
	if limit := uint64(4 * (1 + 500*time.Millisecond/think)); r.Sent > limit || r.Sent < 4 {
		t.Errorf("sent %d, want at most %d", r.Sent, limit)
	}
	if p50 := quantile(r.Service, 0.5); p50 >= think {
		t.Errorf("median service time %v contains the think time of %v", p50, think)
	}
}

// A client that is still thinking when the window ends sends nothing more and delays nobody.
func TestThinkingBeyondTheEnd(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, func(c net.Conn, _ int) bool { return say(c, hello) })
	r := attack(t, &Attack{
		Targets: []Target{{URL: s.url}}, Clients: 4, Duration: short,
		Think: func() time.Duration { return time.Hour },
	})
	if r.Sent != 0 || s.heads.Load() != 0 {
		t.Errorf("sent %d, the server read %d", r.Sent, s.heads.Load())
	}
}

// Two clients, one of which thinks for ever: the other's requests all go over its own connection. Were
// the connections shared, each would lie idle for some mean of the clients' thoughts.
func TestEveryClientThinksOnItsOwnConnection(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, func(c net.Conn, _ int) bool { return say(c, hello) })
	first := true
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen := 0
	a := Attack{
		Targets: []Target{{URL: s.url}}, Clients: 2, KeepAlive: true, Duration: time.Hour,
		Observe: func(Sample) {
			if seen++; seen == 3 {
				cancel()
			}
		},
		Think: func() time.Duration {
			if first {
				first = false
				return time.Hour
			}
			return time.Millisecond
		},
	}
	r, err := a.Run(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if r.Opened != 1 || r.Sent < 3 {
		t.Errorf("%d connections for %d requests of one client, want 1", r.Opened, r.Sent)
	}
}

// The server echoes while it reads: an attacker that writes everything before it reads would wait for
// ever once the kernel's buffers are full.
func TestLargeBodiesAreReadWhileTheyAreWritten(t *testing.T) {
	const size = 16 << 20
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).EnableFullDuplex()
		_, _ = io.Copy(w, r.Body)
	})
	r := attack(t, &Attack{
		Targets: []Target{{Method: "POST", URL: s.URL, Body: make([]byte, size)}},
		Clients: 1, KeepAlive: true, Duration: short,
	})
	if r.Completed == 0 || r.Failed != 0 || r.BytesIn != r.Completed*size {
		t.Errorf("completed %d, failures %v, %d bytes", r.Completed, r.Failures, r.BytesIn)
	}
}

// A server that refuses a large body without reading it is answered to, not waited for.
func TestAnswerBeforeTheBodyIsRead(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusRequestEntityTooLarge) })
	r := attack(t, &Attack{
		Targets:  []Target{{Method: "POST", URL: s.URL, Body: make([]byte, 16<<20)}},
		Schedule: arrival.Constant(10), KeepAlive: true, Duration: short,
	})
	answered := r.Failures["status 413"] + r.Failures[FailReset]
	if r.Failed != 3 || answered != 3 {
		t.Errorf("failures %v, want 3 of status 413 or reset", r.Failures)
	}
}

func TestRequestsOnTheWire(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	seen := map[string]int{}
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		seen[fmt.Sprintf("%s %s %s %s %q %s", r.Method, r.Host, r.URL, r.Header.Get("X-A"), body, r.Header.Get("User-Agent"))]++
		for name := range r.Header {
			if strings.HasPrefix(name, "X-Vegeta") || name == targetHeader {
				t.Errorf("header %s reached the wire", name)
			}
		}
	})
	attack(t, &Attack{
		Targets: []Target{
			{URL: s.URL + "/a?b=c", Header: http.Header{"Host": {"example"}, "x-a": {"1"}}},
			{Method: "PUT", URL: s.URL + "/b", Body: []byte("body"), Header: http.Header{"Host": {"example"}, "User-Agent": {"me"}}},
		},
		Schedule: arrival.Constant(50), Duration: short + 20*time.Millisecond,
	})
	want := map[string]int{
		`GET example /a?b=c 1 "" workerlab`: 8,
		`PUT example /b  "body" me`:         8,
	}
	mu.Lock()
	defer mu.Unlock()
	if !maps.Equal(seen, want) {
		t.Errorf("the server saw %v, want %v", seen, want)
	}
}

// Attacks that are given a time begin at it, or as soon after it as they are prepared; one that is past
// is now.
func TestAttacksBeginTogether(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, func(c net.Conn, _ int) bool { return say(c, hello) })
	called := time.Now()
	for _, begin := range []time.Time{called.Add(200 * time.Millisecond), called.Add(-time.Hour)} {
		var first time.Duration
		r := attack(t, &Attack{
			Targets: []Target{{URL: s.url}}, Schedule: arrival.Constant(100), Duration: short,
			Warmup: 50 * time.Millisecond, Start: begin, Observe: func(s Sample) { first = min(first, s.Sent) },
		})
		if early := begin.Add(50 * time.Millisecond).Sub(r.Start); early > 0 {
			t.Errorf("asked for %v, the window began %v sooner than it should", begin.Sub(called), early)
		}
		if first < -50*time.Millisecond {
			t.Errorf("the first request was sent at %v, before the warm-up of 50ms", first)
		}
	}
}

// A time ahead is kept to the instant.
func TestABeginningAheadIsKept(t *testing.T) {
	t.Parallel()
	a := Attack{
		Targets: []Target{{URL: "http://127.0.0.1"}}, Schedule: arrival.Constant(1), Duration: time.Second,
		Warmup: time.Minute, Start: time.Now().Add(time.Hour),
	}
	p, err := a.plan()
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.prepare()
	if err != nil {
		t.Fatal(err)
	}
	r.client.close()
	if err := r.clock.close(); err != nil {
		t.Fatal(err)
	}
	if late := r.start.Sub(a.Start) - time.Minute; late != 0 {
		t.Errorf("the window begins %v late", late)
	}
}

func TestInterrupt(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	defer close(release)
	for name, a := range map[string]*Attack{
		"open":     {Schedule: arrival.Constant(100)},
		"closed":   {Clients: 3},
		"thinking": {Clients: 3, Think: func() time.Duration { return 10 * time.Millisecond }},
		"far away": {Clients: 3, RTT: 10 * time.Millisecond},
	} {
		ctx, cancel := context.WithCancel(context.Background())
		s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/hang" {
				cancel()
				<-release
			}
		})
		a.Targets = []Target{{URL: s.URL + "/ok"}, {URL: s.URL + "/ok"}, {URL: s.URL + "/hang"}}
		a.Duration, a.Timeout, a.KeepAlive = time.Hour, time.Hour, true
		r, err := a.Run(ctx)
		if !errors.Is(err, context.Canceled) || r == nil {
			t.Fatalf("%s: report %v, error %v", name, r, err)
		}
		balance(t, r)
		if !r.Interrupted || len(r.Invalid) == 0 || r.Cut == 0 || r.Failed != 0 || r.Window >= time.Hour {
			t.Errorf("%s: interrupted %v, invalid %q, cut %d, failures %v, window %v",
				name, r.Interrupted, r.Invalid, r.Cut, r.Failures, r.Window)
		}
	}
}
