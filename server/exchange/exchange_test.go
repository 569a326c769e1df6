package exchange_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/http1"
	"github.com/workerlab/workerlab/server/scoreboard"
	"github.com/workerlab/workerlab/server/task"
)

// A script is a client without a socket: it hands out its input in pieces and takes any output.
type script struct {
	in    []byte
	piece int // bytes a read; 0: all
	room  int // bytes a write; 0: all
	out   bytes.Buffer
}

func (s *script) perform(op task.Op) bool {
	switch op := op.(type) {
	case *task.IO:
		s.move(op)
	case *task.Ready:
		if len(s.in) == 0 {
			op.Err = io.EOF
		}
	case *task.CPU, *task.Wait, *task.Do:
	}
	return true
}

func (s *script) move(op *task.IO) {
	if len(op.Out) > 0 {
		op.Sent = atMost(len(op.Out), s.room)
		s.out.Write(op.Out[:op.Sent])
		return
	}
	if len(s.in) == 0 {
		op.Err = io.EOF
		return
	}
	op.Got = copy(op.In[:atMost(len(op.In), s.piece)], s.in)
	s.in = s.in[op.Got:]
}

func atMost(n, limit int) int {
	if limit == 0 {
		return n
	}
	return min(n, limit)
}

func thread(h exchange.Handler) *exchange.Thread {
	return &exchange.Thread{Now: time.Unix(1_700_000_000, 0), Config: &exchange.Config{
		Handler: h, Page: &scoreboard.Page{}, KeepAlive: time.Second,
		Limits: http1.Limits{Line: 4094, Fields: 100, FieldSize: 8190}, Retire: func() {},
	}}
}

// converse serves all of a script's input as one connection, pushed.
func converse(th *exchange.Thread, s *script) string {
	conn := exchange.NewConn(-1)
	for op := range conn.Serve(th) {
		if !s.perform(op) {
			break
		}
	}
	return s.out.String()
}

// mixed answers in every way there is: known length, unknown length, long, echoed, failed, empty.
func mixed(x *exchange.Exchange) error {
	switch string(x.Req.Path()) {
	case "/known":
		if err := x.Respond(200, 5, "X-Target", string(x.Req.Target)); err != nil {
			return err
		}
		_, err := io.WriteString(x, "known")
		return err
	case "/held":
		_, err := io.WriteString(x, "held back until its length is known")
		return err
	case "/long":
		for range 100 {
			if _, err := io.WriteString(x, strings.Repeat("long", 100)); err != nil {
				return err
			}
		}
		return nil
	case "/echo":
		_, err := io.Copy(x, x)
		// The head must be intact although the body came after it.
		_, err2 := fmt.Fprintf(x, " from %s %s", x.Req.Method, x.Req.Target)
		return errors.Join(err, err2)
	case "/empty":
		return x.Respond(204, -1)
	case "/fails":
		return errors.New("asked to")
	}
	return x.Respond(404, 0)
}

const conversation = "GET /known HTTP/1.1\r\nHost: t\r\n\r\n" +
	"POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 11\r\n\r\nhello there" +
	"GET /held HTTP/1.1\r\nHost: t\r\n\r\n" +
	"POST /echo?chunks HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n there\r\n0\r\nX-T: 1\r\n\r\n" +
	"HEAD /long HTTP/1.1\r\nHost: t\r\n\r\n" +
	"POST /known HTTP/1.1\r\nHost: t\r\nContent-Length: 6\r\n\r\nunread" +
	"GET /empty HTTP/1.1\r\nHost: t\r\n\r\n" +
	"GET /long HTTP/1.1\r\nHost: t\r\n\r\n" +
	"GET /nowhere HTTP/1.1\r\nHost: t\r\n\r\n" +
	"GET /fails HTTP/1.1\r\nHost: t\r\n\r\n" +
	"GET /never-answered HTTP/1.1\r\nHost: t\r\n\r\n"

// However the bytes arrive and leave, the conversation is the same.
func TestAnySplitGivesTheSameConversation(t *testing.T) {
	var want []string
	for _, piece := range []int{0, 1, 2, 3, 7, 50, 1000} {
		for _, room := range []int{0, 1, 13, 4096} {
			s := &script{in: []byte(conversation), piece: piece, room: room}
			got := responses(t, converse(thread(mixed), s))
			if want == nil {
				want = got
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("in pieces of %d, out in pieces of %d:\n got %q\nwant %q", piece, room, got, want)
			}
		}
	}
	expect := []string{
		"200 known", "200 hello there from POST /echo", "200 held back until its length is known",
		"200 hello there from POST /echo?chunks", "200 ", "200 known", "204 ",
		"200 " + strings.Repeat("long", 10000), "404 ", "500 Internal Server Error\n",
	}
	if fmt.Sprint(want) != fmt.Sprint(expect) {
		t.Errorf("got %q\nwant %q", want, expect)
	}
}

func responses(t *testing.T, wire string) (all []string) {
	t.Helper()
	r := bufio.NewReader(strings.NewReader(wire))
	for i := 0; ; i++ {
		if _, err := r.Peek(1); err == io.EOF {
			return all
		}
		method := "GET"
		if i == 4 {
			method = "HEAD"
		}
		resp, err := http.ReadResponse(r, &http.Request{Method: method})
		if err != nil {
			t.Fatalf("response %d: %v", i, err)
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatalf("response %d: body: %v", i, err)
		}
		all = append(all, fmt.Sprintf("%d %s", resp.StatusCode, body))
	}
}

func TestPipelinedAnswersShareAWrite(t *testing.T) {
	s := &script{in: []byte(strings.Repeat("GET /known HTTP/1.1\r\nHost: t\r\n\r\n", 5))}
	writes := 0
	conn := exchange.NewConn(-1)
	for op := range conn.Serve(thread(mixed)) {
		if io, ok := op.(*task.IO); ok && len(io.Out) > 0 {
			writes++
		}
		s.perform(op)
	}
	if writes != 1 {
		t.Errorf("5 pipelined requests were answered in %d writes", writes)
	}
}

func TestRespondRefusesWhatWouldSplitAResponse(t *testing.T) {
	var err error
	h := func(x *exchange.Exchange) error {
		err = x.Respond(200, 0, "X", "a\r\nSet-Cookie: b")
		return err
	}
	out := converse(thread(h), &script{in: []byte("GET / HTTP/1.1\r\nHost: t\r\n\r\n")})
	if err == nil || !strings.HasPrefix(out, "HTTP/1.1 500") {
		t.Errorf("error %v, response %q", err, out)
	}
}

func TestABodyLongerThanStatedIsAnError(t *testing.T) {
	var err error
	h := func(x *exchange.Exchange) error {
		_ = x.Respond(200, 3)
		_, err = io.WriteString(x, "four")
		return nil
	}
	converse(thread(h), &script{in: []byte("GET / HTTP/1.1\r\nHost: t\r\n\r\n")})
	if !errors.Is(err, exchange.ErrTooLong) {
		t.Errorf("got %v", err)
	}
}

// A stopped task runs its deferred functions and demands nothing more.
func TestStoppedHandlerCleansUp(t *testing.T) {
	var after error
	h := func(x *exchange.Exchange) error {
		defer func() { after = x.Wait(time.Hour) }()
		return x.Wait(time.Hour)
	}
	s := &script{in: []byte("GET / HTTP/1.1\r\nHost: t\r\n\r\n")}
	for op := range exchange.NewConn(-1).Serve(thread(h)) {
		if _, waits := op.(*task.Wait); waits {
			break
		}
		s.perform(op)
	}
	if !errors.Is(after, task.ErrStopped) {
		t.Errorf("a demand after the stop returned %v", after)
	}
	if s.out.Len() != 0 {
		t.Errorf("a stopped handler answered %q", s.out.String())
	}
}

// A steady hello allocates nothing here: what a request costs is the system calls.
func TestHelloAllocatesNothing(t *testing.T) {
	body := []byte("hello\n")
	th := thread(func(x *exchange.Exchange) error {
		if err := x.Respond(200, int64(len(body)), "Content-Type", "text/plain"); err != nil {
			return err
		}
		_, err := x.Write(body)
		return err
	})
	request := []byte("GET / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n")
	conn, s := exchange.NewConn(-1), &script{}
	perform := s.perform
	n := testing.AllocsPerRun(1000, func() {
		s.in = request
		s.out.Reset()
		if !conn.One(th, perform) {
			t.Fatal("the connection ended")
		}
	})
	if n != 0 {
		t.Errorf("%v allocations a request", n)
	}
}

func BenchmarkHello(b *testing.B) {
	body := []byte("hello\n")
	th := thread(func(x *exchange.Exchange) error {
		_ = x.Respond(200, int64(len(body)), "Content-Type", "text/plain")
		_, err := x.Write(body)
		return err
	})
	request := []byte("GET / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n")
	conn, s := exchange.NewConn(-1), &script{}
	perform := s.perform
	b.ReportAllocs()
	for b.Loop() {
		s.in = request
		s.out.Reset()
		conn.One(th, perform)
	}
}

// A failure is told as long as nothing of the response has left, and the answers before it are whole.
func TestAnErrorBeforeTheHeadHasLeftIsA500(t *testing.T) {
	h := func(x *exchange.Exchange) error {
		if string(x.Req.Path()) == "/known" {
			return mixed(x)
		}
		if err := x.Respond(200, 100, "X-Taken", "back"); err != nil {
			return err
		}
		_, _ = io.WriteString(x, "half")
		return errors.New("asked to")
	}
	s := &script{in: []byte("GET /known HTTP/1.1\r\nHost: t\r\n\r\n" + "GET /fails HTTP/1.1\r\nHost: t\r\n\r\n")}
	out := converse(thread(h), s)
	if got, want := responses(t, out), "[200 known 500 Internal Server Error\n]"; fmt.Sprint(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if strings.Contains(out, "half") || strings.Contains(out, "X-Taken") {
		t.Errorf("something of the failed response is left: %q", out)
	}
}

// An answer shares a write with those behind it, but does not wait for what they wait for.
func TestAnAnswerDoesNotWaitForTheNextHandler(t *testing.T) {
	upstream := &task.Stream{FD: -1}
	for name, demand := range map[string]func(x *exchange.Exchange) error{
		"CPU":   func(x *exchange.Exchange) error { return x.CPU(time.Second) },
		"Wait":  func(x *exchange.Exchange) error { return x.Wait(time.Second) },
		"Do":    func(x *exchange.Exchange) error { return x.Do(func() {}) },
		"Ready": func(x *exchange.Exchange) error { return x.Ready(upstream, true) },
		"Move": func(x *exchange.Exchange) error {
			_, _, err := x.Move(upstream, []byte("x"), nil)
			return err
		},
	} {
		s := &script{in: []byte("GET /known HTTP/1.1\r\nHost: t\r\n\r\n" + "GET /waits HTTP/1.1\r\nHost: t\r\n\r\n")}
		sent := -1
		h := func(x *exchange.Exchange) error {
			if string(x.Req.Path()) == "/known" {
				return mixed(x)
			}
			_ = x.Respond(200, 2)
			_, _ = io.WriteString(x, "no")
			sent = 0
			return demand(x)
		}
		conn := exchange.NewConn(-1)
		for op := range conn.Serve(thread(h)) {
			io, isIO := op.(*task.IO)
			own := isIO && io.Stream == &conn.Stream
			if _, waits := op.(*task.Ready); sent == 0 && !own && (isIO || !waits || op.(*task.Ready).Stream == upstream) {
				sent = s.out.Len()
			}
			s.perform(op)
		}
		if sent <= 0 {
			t.Errorf("%s: demanded while the answer before was unsent", name)
		}
	}
}

func TestNoBodyCountsAsNoBytes(t *testing.T) {
	th := thread(mixed)
	sent := int64(-1)
	th.Log = func(x *exchange.Exchange, _ time.Duration) { sent = x.Sent() }
	converse(th, &script{in: []byte("HEAD /known HTTP/1.1\r\nHost: t\r\n\r\n")})
	if sent != 0 {
		t.Errorf("an answer to HEAD counts %d bytes of body", sent)
	}
}

func TestRefusedBodiesAreCounted(t *testing.T) {
	th := thread(mixed)
	converse(th, &script{in: []byte("POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")})
	if n := th.Page.Refused.Load(); n != 1 {
		t.Errorf("%d requests refused, want 1", n)
	}
}

// The time for a head runs from when the head is awaited, and not for the answers before it.
func TestTheDeadlineOfAHead(t *testing.T) {
	th := thread(mixed) // its Now is long past
	th.HeaderTimeout = time.Hour
	s := &script{in: []byte("GET /known HTTP/1.1\r\nHost: t\r\n\r\nGET /known HTTP/1.1\r\nHo"), piece: 50, room: 20}
	conn := exchange.NewConn(-1)
	for op := range conn.Serve(th) {
		if io, ok := op.(*task.IO); ok {
			switch late := time.Until(io.Deadline) < time.Minute; {
			case len(io.Out) > 0 && !io.Deadline.IsZero():
				t.Errorf("%q has the next head's deadline", io.Out)
			case len(io.In) > 0 && late:
				t.Errorf("the deadline was set to %v", io.Deadline)
			}
		}
		s.perform(op)
	}
}
