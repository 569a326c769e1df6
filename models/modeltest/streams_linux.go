package modeltest

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/server"
	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/task"
)

// upstream is a server behind ours that does with each connection what serve does, until the test ends.
func upstream(t *testing.T, network, address string, serve func(net.Conn)) net.Addr {
	t.Helper()
	ln, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			all.Go(func() { defer c.Close(); serve(c) })
		}
	})
	t.Cleanup(func() { _ = ln.Close(); all.Wait() })
	return ln.Addr()
}

// sockaddr is made anew for each call, since the call writes in it.
func sockaddr(a net.Addr) (family int, sa unix.Sockaddr) {
	if tcp, ok := a.(*net.TCPAddr); ok {
		return unix.AF_INET, &unix.SockaddrInet4{Port: tcp.Port, Addr: [4]byte(tcp.IP.To4())}
	}
	return unix.AF_UNIX, &unix.SockaddrUnix{Name: a.String()}
}

func echoes(c net.Conn) { _, _ = io.Copy(c, c) }

func ignores(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

// serving replaces the app.
func serving(h exchange.Handler) option {
	return func(e *server.Env) { e.Conns.Handler = h }
}

// connect opens a stream to an upstream without blocking anybody.
func connect(x *exchange.Exchange, to net.Addr, deadline time.Time) (*task.Stream, error) {
	family, sa := sockaddr(to)
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	s := &task.Stream{FD: fd, Deadline: deadline}
	if err = unix.Connect(fd, sa); errors.Is(err, unix.EINPROGRESS) {
		if err = x.Ready(s, true); err == nil {
			err = failure(fd)
		}
	}
	if err != nil {
		_ = unix.Close(fd)
		return nil, err
	}
	return s, nil
}

// failure is how a connect has ended.
func failure(fd int) error {
	code, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err == nil && code != 0 {
		err = unix.Errno(code)
	}
	return err
}

// relay sends the request's body upstream and the answer back, both as they come.
func relay(to net.Addr) exchange.Handler {
	return func(x *exchange.Exchange) error {
		up, err := connect(x, to, time.Time{})
		if err != nil {
			return err
		}
		defer unix.Close(up.FD)
		if err := x.Respond(200, x.Req.Length); err != nil {
			return err
		}
		out, in := make([]byte, 16<<10), make([]byte, 16<<10)
		for {
			n, err := x.Read(out)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return err
			}
			if err := pump(x, up, out[:n], in); err != nil {
				return err
			}
		}
		if err := unix.Shutdown(up.FD, unix.SHUT_WR); err != nil {
			return err
		}
		_, err = io.Copy(x, task.Conn{T: x.T, Stream: up})
		return err
	}
}

func pump(x *exchange.Exchange, up *task.Stream, out, in []byte) error {
	for len(out) > 0 {
		sent, got, err := x.Move(up, out, in)
		if err != nil {
			return err
		}
		out = out[sent:]
		if _, err := x.Write(in[:got]); err != nil {
			return err
		}
	}
	return nil
}

func testUpstream(t *testing.T, w server.Worker, _ Traits) {
	body := randomBytes(1 << 20)
	head := fmt.Sprintf("POST / HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: %d\r\n\r\n", len(body))
	for _, to := range []net.Addr{
		upstream(t, "tcp", "127.0.0.1:0", echoes),
		upstream(t, "unix", filepath.Join(t.TempDir(), "s"), echoes),
	} {
		b := start(t, w, serving(relay(to)))
		var clients sync.WaitGroup
		for range 2 * Threads {
			clients.Go(func() {
				if got := b.exchange(t, head, body); got != string(body) {
					t.Errorf("%v: 1 MB came back as %d bytes, or changed", to, len(got))
				}
			})
		}
		clients.Wait()
	}
}

// Each class tells a handler alike that its upstream is not there, or does not answer.
func testUpstreamThatFails(t *testing.T, w server.Worker, _ Traits) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := ln.Addr()
	_ = ln.Close()
	silent := upstream(t, "tcp", "127.0.0.1:0", ignores)
	const patience = 50 * time.Millisecond
	b := start(t, w, serving(func(x *exchange.Exchange) error {
		to, began := silent, time.Now()
		if string(x.Req.Path()) == "/gone" {
			to = gone
		}
		up, err := connect(x, to, began.Add(patience))
		if err == nil {
			defer unix.Close(up.FD)
			if string(x.Req.Path()) == "/ready" {
				err = x.Ready(up, false)
			} else {
				_, _, err = x.Move(up, nil, make([]byte, 1))
			}
		}
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded) && time.Since(began) >= patience:
			return x.Respond(504, 0)
		case errors.Is(err, unix.ECONNREFUSED):
			return x.Respond(502, 0)
		}
		return fmt.Errorf("after %v: %w", time.Since(began), err)
	}))
	for path, status := range map[string]int{"/gone": 502, "/ready": 504, "/read": 504} {
		if got := b.do(t, "GET "+path+" HTTP/1.1\r\nHost: t\r\n\r\n"); got.status != status {
			t.Errorf("%s: got %+v, want %d", path, got, status)
		}
	}
}

// A demand of nothing is met at once.
func testEmptyDemands(t *testing.T, w server.Worker, _ Traits) {
	silent := upstream(t, "tcp", "127.0.0.1:0", ignores)
	b := start(t, w, serving(func(x *exchange.Exchange) error {
		up, err := connect(x, silent, time.Time{})
		if err != nil {
			return err
		}
		defer unix.Close(up.FD)
		if _, _, err := x.Move(up, nil, nil); err != nil {
			return err
		}
		return errors.Join(x.Wait(0), x.Wait(-time.Hour), x.CPU(0), x.CPU(-time.Hour), x.Respond(204, 0))
	}))
	if got := b.do(t, getHello); got.status != 204 {
		t.Errorf("got %+v", got)
	}
}

// A descriptor outlives the Stream that a handler made of it.
func testTwoStreamsOfOneDescriptor(t *testing.T, w server.Worker, _ Traits) {
	to := upstream(t, "tcp", "127.0.0.1:0", echoes)
	b := start(t, w, serving(func(x *exchange.Exchange) error {
		up, err := connect(x, to, time.Time{})
		if err != nil {
			return err
		}
		defer unix.Close(up.FD)
		for range 3 {
			c := task.Conn{T: x.T, Stream: &task.Stream{FD: up.FD}}
			var back [4]byte
			if _, err := io.WriteString(c, "ping"); err != nil {
				return err
			}
			if _, err := io.ReadFull(c, back[:]); err != nil {
				return err
			}
		}
		return x.Respond(204, 0)
	}))
	if got := b.do(t, getHello); got.status != 204 {
		t.Errorf("got %+v", got)
	}
}
