package poll

import (
	"errors"
	"os"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Forever is a Wait without a limit.
const Forever time.Duration = -1

// A Poller is an epoll instance.
type Poller struct {
	fd     int
	events []unix.EpollEvent
	coarse bool // the kernel has no epoll_pwait2 (before 5.11)
}

// New makes a poller that reports at most batch events a Wait.
func New(batch int) (*Poller, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	return &Poller{fd: fd, events: make([]unix.EpollEvent, batch)}, nil
}

// Share is the same epoll instance with room of its own for events, for another thread to wait in.
// Only the original is to be closed.
func (p *Poller) Share() *Poller {
	return &Poller{fd: p.fd, events: make([]unix.EpollEvent, len(p.events)), coarse: p.coarse}
}

// Add registers fd for events, an EPOLL mask.
func (p *Poller) Add(fd int, events uint32) error { return p.control(unix.EPOLL_CTL_ADD, fd, events) }

// Modify changes the events that fd is registered for, and re-arms it.
func (p *Poller) Modify(fd int, events uint32) error {
	return p.control(unix.EPOLL_CTL_MOD, fd, events)
}

// Remove forgets fd. Closing the last descriptor of a file does so too.
func (p *Poller) Remove(fd int) error { return p.control(unix.EPOLL_CTL_DEL, fd, 0) }

func (p *Poller) control(op, fd int, events uint32) error {
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(p.fd, op, fd, &unix.EpollEvent{Events: events, Fd: int32(fd)}))
}

// Wait returns what is ready, waiting at most limit for it (Forever: without limit). The events are
// valid until the next Wait. None are returned if the limit passed or a signal came.
func (p *Poller) Wait(limit time.Duration) ([]unix.EpollEvent, error) {
	n, err := p.wait(limit)
	switch {
	case errors.Is(err, unix.EINTR):
		return nil, nil
	case err != nil:
		return nil, os.NewSyscallError("epoll_wait", err)
	}
	return p.events[:n], nil
}

func (p *Poller) wait(limit time.Duration) (int, error) {
	if limit < 0 {
		return unix.EpollWait(p.fd, p.events, -1)
	}
	if p.coarse {
		return unix.EpollWait(p.fd, p.events, int((limit+time.Millisecond-1)/time.Millisecond))
	}
	ts := unix.NsecToTimespec(int64(limit))
	n, _, e := unix.Syscall6(unix.SYS_EPOLL_PWAIT2, uintptr(p.fd), uintptr(unsafe.Pointer(&p.events[0])),
		uintptr(len(p.events)), uintptr(unsafe.Pointer(&ts)), 0, 0)
	switch e {
	case 0:
		return int(n), nil
	case unix.ENOSYS, unix.EPERM: // EPERM: a container's seccomp filter that does not know the call
		p.coarse = true
		return p.wait(limit)
	}
	return 0, e
}

// Close frees the poller.
func (p *Poller) Close() error { return os.NewSyscallError("close", unix.Close(p.fd)) }

// A Wake lets another thread end a Wait: register its FD for reading.
type Wake struct {
	closing sync.Mutex // so that a late Notify never writes to whoever got the descriptor next
	fd      int        // -1: closed
}

// NewWake makes a wake-up that nobody has asked for.
func NewWake() (*Wake, error) {
	fd, err := unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("eventfd", err)
	}
	return &Wake{fd: fd}, nil
}

// FD is readable from Notify until Clear.
func (w *Wake) FD() int { return w.fd }

// Notify makes FD readable. After Close it does nothing.
func (w *Wake) Notify() error {
	w.closing.Lock()
	defer w.closing.Unlock()
	if w.fd < 0 {
		return nil
	}
	_, err := unix.Write(w.fd, []byte{1, 0, 0, 0, 0, 0, 0, 0})
	if errors.Is(err, unix.EAGAIN) {
		return nil // notified 2⁶⁴−2 times already: readable it is
	}
	return os.NewSyscallError("write", err)
}

// Clear makes FD unreadable again.
func (w *Wake) Clear() {
	var count [8]byte
	_, _ = unix.Read(w.fd, count[:]) // EAGAIN: nobody had notified
}

// Close frees the wake-up.
func (w *Wake) Close() error {
	w.closing.Lock()
	defer w.closing.Unlock()
	fd := w.fd
	w.fd = -1
	return os.NewSyscallError("close", unix.Close(fd))
}
