//go:build unix

package loadgen

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// A peeker looks whether anything has arrived on a connection, without waiting and without reading it.
type peeker struct{ raw syscall.RawConn }

func newPeeker(c net.Conn) peeker {
	s, ok := c.(syscall.Conn)
	if !ok {
		return peeker{}
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return peeker{}
	}
	return peeker{raw}
}

// quiet reports whether nothing has arrived, neither bytes nor the connection's end.
func (p peeker) quiet() bool {
	if p.raw == nil {
		return true
	}
	quiet := false
	err := p.raw.Control(func(fd uintptr) {
		var b [1]byte
		_, _, err := unix.Recvfrom(int(fd), b[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
		quiet = err == unix.EAGAIN
	})
	return err == nil && quiet
}
