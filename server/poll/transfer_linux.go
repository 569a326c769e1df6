package poll

import (
	"errors"
	"io"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Read reads once from the non-blocking fd. n is 0 without an error when nothing is there yet; at the
// stream's end err is io.EOF.
func Read(fd int, p []byte) (n int, err error) {
	n, errno := transfer(unix.SYS_READ, fd, p, 0)
	switch {
	case errno == unix.EAGAIN:
		return 0, nil
	case errno != 0:
		return 0, os.NewSyscallError("read", errno)
	case n == 0 && len(p) > 0:
		return 0, io.EOF
	}
	return n, nil
}

// Write writes once to the non-blocking fd. n is 0 without an error when there is no room yet.
func Write(fd int, p []byte) (n int, err error) {
	return written(transfer(unix.SYS_WRITE, fd, p, 0))
}

// WriteLast is Write to a socket whose end is to follow at once: the kernel keeps the bytes until then, and what
// would be two packets is one. Each costs a wake-up of the client, which is the dear part of a short answer.
func WriteLast(fd int, p []byte) (n int, err error) {
	return written(transfer(unix.SYS_SENDTO, fd, p, unix.MSG_MORE|unix.MSG_NOSIGNAL))
}

func written(n int, errno unix.Errno) (int, error) {
	switch {
	case errno == unix.EAGAIN:
		return 0, nil
	case errno != 0:
		return 0, os.NewSyscallError("write", errno)
	}
	return n, nil
}

// transfer uses RawSyscall: the call cannot block, so telling Go's scheduler about it would be 100 ns
// for nothing.
func transfer(call uintptr, fd int, p []byte, flags uintptr) (int, unix.Errno) {
	if len(p) == 0 {
		return 0, 0
	}
	for {
		n, _, errno := unix.RawSyscall6(call, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), flags, 0, 0)
		if errno == 0 {
			return int(n), 0
		}
		if errno != unix.EINTR {
			return 0, errno
		}
	}
}

// Accept takes one connection from the non-blocking listener ln, non-blocking itself; TCP_NODELAY it
// inherits from the listener. fd is −1 without an error when none is waiting.
func Accept(ln int) (fd int, err error) {
	for {
		n, _, errno := unix.RawSyscall6(unix.SYS_ACCEPT4, uintptr(ln), 0, 0, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
		switch errno {
		case 0:
			return int(n), nil
		case unix.EAGAIN:
			return -1, nil
		case unix.EINTR, unix.ECONNABORTED:
			continue
		}
		return -1, os.NewSyscallError("accept4", errno)
	}
}

// Block waits until fd can be read or written, whichever is asked for, or until deadline (zero:
// none), which is os.ErrDeadlineExceeded. It is for workers that wait where they stand.
func Block(fd int, read, write bool, deadline time.Time) error {
	pfd := [1]unix.PollFd{{Fd: int32(fd)}}
	if read {
		pfd[0].Events |= unix.POLLIN
	}
	if write {
		pfd[0].Events |= unix.POLLOUT
	}
	for {
		limit, err := remaining(deadline)
		if err != nil {
			return err
		}
		n, err := unix.Ppoll(pfd[:], limit, nil)
		switch {
		case n > 0:
			return nil
		case err != nil && !errors.Is(err, unix.EINTR):
			return os.NewSyscallError("ppoll", err)
		}
	}
}

// Pending reports whether fd can be read (or written) now, the end of its stream included.
func Pending(fd int, write bool) bool {
	pfd := [1]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	if write {
		pfd[0].Events = unix.POLLOUT
	}
	n, _ := unix.Poll(pfd[:], 0)
	return n > 0
}

func remaining(deadline time.Time) (*unix.Timespec, error) {
	if deadline.IsZero() {
		return nil, nil
	}
	left := time.Until(deadline)
	if left <= 0 {
		return nil, os.ErrDeadlineExceeded
	}
	ts := unix.NsecToTimespec(int64(left))
	return &ts, nil
}

// Sleep waits for d, to the kernel's precision (time.Sleep rounds up to a millisecond).
func Sleep(d time.Duration) {
	ts := unix.NsecToTimespec(int64(d))
	for unix.Nanosleep(&ts, &ts) == unix.EINTR {
	}
}
