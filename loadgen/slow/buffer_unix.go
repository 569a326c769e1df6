//go:build unix

package slow

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// smallBuffer is a net.Dialer's Control: it asks for a small receive buffer, before connecting.
func smallBuffer(_, _ string, c syscall.RawConn) error {
	var refused error
	err := c.Control(func(fd uintptr) {
		refused = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, sip)
	})
	return errors.Join(err, os.NewSyscallError("setsockopt", refused))
}
