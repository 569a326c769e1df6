package reference

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// backlog is gunicorn's, and ours.
const backlog = 2048

// Serve runs the reference server of that name on a free port of loopback, which it writes to log.
func Serve(name string, log *slog.Logger) error {
	switch name {
	case NetHTTP:
		return serveNetHTTP(log)
	case Epoll:
		return serveRaw(log, loop)
	case Accept:
		return serveRaw(log, acceptEach)
	}
	return fmt.Errorf("no reference server %q (have %q)", name, Names())
}

func serveNetHTTP(log *slog.Logger) error {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("net/http: %w", err)
	}
	announce(log, listener.Addr())
	handler := func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Server", "workerlab")
		h.Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, "hello\n") // a client that has gone is its own affair
	}
	server := http.Server{Handler: http.HandlerFunc(handler)} //nolint:gosec // no timeouts: only perf's own client connects
	return fmt.Errorf("net/http: %w", server.Serve(listener))
}

// serveRaw listens and hands the descriptor to serve on a thread of its own. The transfers below are
// raw system calls: the Go scheduler is not told, which is as cheap as Go can be.
func serveRaw(log *slog.Logger, serve func(listener int) error) error {
	runtime.LockOSThread()
	fd, addr, err := listen()
	if err != nil {
		return err
	}
	announce(log, addr)
	return serve(fd)
}

func listen() (int, net.Addr, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, nil, os.NewSyscallError("socket", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return 0, nil, os.NewSyscallError("bind", err)
	}
	if err := unix.Listen(fd, backlog); err != nil {
		return 0, nil, os.NewSyscallError("listen", err)
	}
	sa, err := unix.Getsockname(fd)
	if err != nil {
		return 0, nil, os.NewSyscallError("getsockname", err)
	}
	in4, ok := sa.(*unix.SockaddrInet4)
	if !ok {
		return 0, nil, errors.New("getsockname: not an IPv4 address")
	}
	return fd, &net.TCPAddr{IP: in4.Addr[:], Port: in4.Port}, nil
}

// acceptEach is the limit of a server with a connection per request: four system calls.
func acceptEach(listener int) error {
	in, out := make([]byte, 4<<10), []byte(leave)
	for {
		conn, e := accept(listener, unix.SOCK_CLOEXEC)
		if e != 0 {
			return os.NewSyscallError("accept4", e)
		}
		if n, _ := read(conn, in); n > 0 {
			write(conn, out)
		}
		closeFD(conn)
	}
}

// loop is the limit of an event loop: each connection registered once, edge-triggered; a read and a
// write a request.
func loop(listener int) error {
	epfd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return os.NewSyscallError("epoll_create1", err)
	}
	if err := unix.SetNonblock(listener, true); err != nil {
		return os.NewSyscallError("fcntl", err)
	}
	if err := watch(epfd, listener, unix.EPOLLIN); err != nil {
		return err
	}
	in, out := make([]byte, 4<<10), []byte(stay)
	events := make([]unix.EpollEvent, 256)
	for {
		n, e := wait(epfd, events)
		if e != 0 && e != unix.EINTR {
			return os.NewSyscallError("epoll_wait", e)
		}
		for _, event := range events[:max(n, 0)] {
			if fd := int(event.Fd); fd != listener {
				answer(fd, in, out)
			} else if err := welcome(epfd, listener); err != nil {
				return err
			}
		}
	}
}

func welcome(epfd, listener int) error {
	for {
		conn, e := accept(listener, unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK)
		switch e {
		case 0:
		case unix.EAGAIN:
			return nil
		default:
			return os.NewSyscallError("accept4", e)
		}
		if err := watch(epfd, conn, unix.EPOLLIN|unix.EPOLLET); err != nil {
			return err
		}
	}
}

// answer takes what is there as one request. A short read means that the socket is drained.
func answer(conn int, in, out []byte) {
	n, e := read(conn, in)
	switch {
	case n > 0:
		write(conn, out)
	case e != unix.EAGAIN:
		closeFD(conn)
	}
}

func watch(epfd, fd int, events uint32) error {
	err := unix.EpollCtl(epfd, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: events, Fd: int32(fd)})
	return os.NewSyscallError("epoll_ctl", err)
}
