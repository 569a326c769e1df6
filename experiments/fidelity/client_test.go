package fidelity

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// serve lets a server do something with the first connection, once a request has come.
func serve(t *testing.T, do func(net.Conn)) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			do(conn)
		}
	}()
	return l.Addr().String()
}

func says(text string) func(net.Conn) {
	return func(c net.Conn) { _, _ = io.WriteString(c, text) }
}

func TestWhatAClientSees(t *testing.T) {
	const hello = "Content-Length: 6\r\n\r\nhello\n"
	stay := make(chan struct{})
	defer close(stay)
	for _, c := range []struct {
		name, method string
		do           func(net.Conn)
		want         string
	}{
		{"an answer", "GET", says("HTTP/1.1 200 OK\r\n" + hello), "200 hello; FIN"},
		{"the last", "GET", says("HTTP/1.1 200 OK\r\nConnection: close\r\n" + hello), "200 hello, the last; FIN"},
		{"the last of HTTP/1.0", "GET", says("HTTP/1.0 200 OK\r\n" + hello), "200 hello, the last; FIN"},
		{"an error's own words", "GET", says("HTTP/1.1 400 Bad\r\n" + hello), "400; FIN"},
		{"an interim one", "GET", says("HTTP/1.1 100 Continue\r\n\r\n"), "100; FIN"},
		{"half a body", "GET", says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"), "200 hello, cut short; FIN"},
		{"a body for HEAD", "HEAD", says("HTTP/1.1 200 OK\r\n" + hello), "200; 6 bytes more; FIN"},
		{"no HTTP", "GET", says("nonsense\r\n\r\n"), "no HTTP; 2 bytes more; FIN"},
		{"nothing", "GET", says(""), "FIN"},
		{"a reset", "GET", func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }, "RST"},
		{"silence", "GET", func(net.Conn) { <-stay }, "no answer; kept"},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := dial(t.Context(), serve(t, c.do), "", time.Now())
			defer client.close()
			client.send(c.method + " / HTTP/1.1\r\nHost: lab\r\n\r\n")
			client.answer(c.method, watching/10)
			client.watch(watching / 10)
			if got := seen(client.events...).plain(); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestARefusedClientSeesNothingMore(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	c := dial(t.Context(), l.Addr().String(), "another client", time.Now())
	defer c.close()
	c.send(get("/"))
	c.answer("GET", patience)
	c.watch(patience)
	if got := seen(c.events...).plain(); got != "another client: refused" {
		t.Errorf("%q", got)
	}
}

func TestWhichWorkerAnswered(t *testing.T) {
	for body, want := range map[string]int{"{\n  \"pid\": 17,\n \"thread\": 1}": 17, `{"pid": 4, "thread": 2}`: 4, "hello": 0} {
		if got := workerOf(body); got != want {
			t.Errorf("%q: %d, want %d", body, got, want)
		}
	}
}
