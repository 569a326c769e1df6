package server

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// A socket is a listening socket that the arbiter owns and the workers inherit. It is a raw
// descriptor: os.File.Fd would clear O_NONBLOCK on the open file description, which is shared with
// every worker, and an event loop would then hang in accept.
type socket struct {
	Bind string `json:"bind"` // as configured: with Lane, what a successor knows it by
	Lane int    `json:"lane"` // which workers accept from it; always 0 without reuse-port
	FD   int    `json:"fd"`
	File *inode `json:"file,omitempty"` // of a unix socket
}

// An inode identifies the file of a unix socket, so that nobody removes another's.
type inode struct {
	Path     string `json:"path"`
	Dev, Ino uint64
}

// listen opens the socket of an address. With reuse it shares the port with other lanes' sockets.
func listen(bind string, backlog int, reuse bool) (socket, error) {
	addr, err := ParseAddress(bind)
	if err != nil {
		return socket{}, &UsageError{err}
	}
	switch addr.Network {
	case "unix":
		return listenUnix(bind, addr.Name, backlog)
	case "fd":
		return adopt(bind, addr.Name)
	}
	return listenTCP(bind, addr.Name, backlog, reuse)
}

func listenTCP(bind, name string, backlog int, reuse bool) (socket, error) {
	tcp, err := net.ResolveTCPAddr("tcp", name)
	if err != nil {
		return socket{}, misuse("cannot listen on %s: %w", bind, err)
	}
	family, sa := sockaddr(tcp)
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return socket{}, misuse("cannot listen on %s: %w", bind, os.NewSyscallError("socket", err))
	}
	s := socket{Bind: bind, FD: fd}
	if err := s.open(sa, backlog, reuse); err != nil {
		unix.Close(fd)
		return socket{}, s.explain(err)
	}
	return s, nil
}

func sockaddr(addr *net.TCPAddr) (family int, sa unix.Sockaddr) {
	if v4 := addr.IP.To4(); v4 != nil {
		return unix.AF_INET, &unix.SockaddrInet4{Port: addr.Port, Addr: [4]byte(v4)}
	}
	sa6 := &unix.SockaddrInet6{Port: addr.Port, Addr: [16]byte(addr.IP.To16())}
	if zone, err := net.InterfaceByName(addr.Zone); err == nil {
		sa6.ZoneId = uint32(zone.Index)
	}
	return unix.AF_INET6, sa6
}

func (s *socket) open(sa unix.Sockaddr, backlog int, reuse bool) error {
	if _, ok := sa.(*unix.SockaddrUnix); !ok {
		if err := unix.SetsockoptInt(s.FD, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
			return os.NewSyscallError("setsockopt SO_REUSEADDR", err)
		}
		// Accepted sockets inherit it, which saves each worker a call a connection.
		if err := unix.SetsockoptInt(s.FD, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1); err != nil {
			return os.NewSyscallError("setsockopt TCP_NODELAY", err)
		}
	}
	if reuse {
		if err := unix.SetsockoptInt(s.FD, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
			return os.NewSyscallError("setsockopt SO_REUSEPORT", err)
		}
	}
	if err := unix.Bind(s.FD, sa); err != nil {
		return os.NewSyscallError("bind", err)
	}
	if u, ok := sa.(*unix.SockaddrUnix); ok {
		if err := s.expose(u.Name); err != nil {
			return err
		}
	}
	return os.NewSyscallError("listen", unix.Listen(s.FD, backlog))
}

// explain adds the remedy to the errors that everybody meets once.
func (s *socket) explain(err error) error {
	switch {
	case errors.Is(err, unix.EADDRINUSE):
		return misuse("cannot listen on %s: the address is in use; stop who listens there or choose another --bind", s.Bind)
	case errors.Is(err, unix.EACCES):
		return misuse("cannot listen on %s: permission denied; choose a port from 1024 up or a folder you may write", s.Bind)
	}
	return misuse("cannot listen on %s: %w", s.Bind, err)
}

func listenUnix(bind, path string, backlog int) (socket, error) {
	s := socket{Bind: bind}
	if err := removeStale(path); err != nil {
		return socket{}, misuse("cannot listen on %s: %w", bind, err)
	}
	var err error
	if s.FD, err = unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0); err != nil {
		return socket{}, misuse("cannot listen on %s: %w", bind, os.NewSyscallError("socket", err))
	}
	if err := s.open(&unix.SockaddrUnix{Name: path}, backlog, false); err != nil {
		unix.Close(s.FD)
		s.removeFile()
		return socket{}, s.explain(err)
	}
	return s, nil
}

// expose opens the socket's file to every user before anybody can connect, as gunicorn's umask of 0
// does: a proxy runs as another user, and whom to admit is the folder's business.
func (s *socket) expose(path string) error {
	if err := os.Chmod(path, 0o777); err != nil {
		return err
	}
	var st unix.Stat_t
	if err := unix.Lstat(path, &st); err != nil {
		return os.NewSyscallError("lstat", err)
	}
	s.File = &inode{Path: path, Dev: st.Dev, Ino: st.Ino}
	return nil
}

// removeStale removes a unix socket that nobody listens on. Any other file is left alone.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().Type() != os.ModeSocket {
		return fmt.Errorf("%s exists and is no socket; remove it or choose another --bind", path)
	}
	c, err := net.Dial("unix", path)
	if err == nil {
		c.Close()
		return fmt.Errorf("the address is in use; stop who listens there or choose another --bind")
	}
	if !errors.Is(err, unix.ECONNREFUSED) {
		return err
	}
	return os.Remove(path)
}

// adopt takes over a listening socket that our parent opened.
func adopt(bind, number string) (socket, error) {
	fd, err := strconv.Atoi(number)
	if err != nil {
		return socket{}, misuse("cannot listen on %s: %w", bind, err)
	}
	listening, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
	if err != nil || listening == 0 {
		return socket{}, misuse("cannot listen on %s: descriptor %d is no listening socket", bind, fd)
	}
	unix.CloseOnExec(fd)
	if err := unix.SetNonblock(fd, true); err != nil {
		return socket{}, misuse("cannot listen on %s: %w", bind, os.NewSyscallError("fcntl", err))
	}
	return socket{Bind: bind, FD: fd}, nil
}

// URL is where clients find the socket; for a port of 0 it has the port that the kernel chose.
func (s *socket) URL() string {
	sa, err := unix.Getsockname(s.FD)
	if err != nil {
		return s.Bind
	}
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return "http://" + net.JoinHostPort(net.IP(sa.Addr[:]).String(), strconv.Itoa(sa.Port))
	case *unix.SockaddrInet6:
		return "http://" + net.JoinHostPort(net.IP(sa.Addr[:]).String(), strconv.Itoa(sa.Port))
	case *unix.SockaddrUnix:
		return "unix:" + sa.Name
	}
	return s.Bind
}

func (s *socket) close() { unix.Close(s.FD) }

// removeFile removes the file of a unix socket, if it is still ours.
func (s *socket) removeFile() {
	var st unix.Stat_t
	if s.File == nil || unix.Lstat(s.File.Path, &st) != nil || st.Dev != s.File.Dev || st.Ino != s.File.Ino {
		return
	}
	_ = os.Remove(s.File.Path) // somebody else may have done it
}
