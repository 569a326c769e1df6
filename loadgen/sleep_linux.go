package loadgen

import (
	"context"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// A sleeper sleeps until an instant with the precision of the kernel's timers: the runtime's own come
// up to a millisecond late, because its poller counts in milliseconds. A timer descriptor in that
// same poller does not, holds no thread while it sleeps, and can be woken.
type sleeper struct {
	fd    int // the timer's
	timer *os.File
}

func newSleeper() (sleeper, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return sleeper{}, os.NewSyscallError("timerfd_create", err)
	}
	return sleeper{fd, os.NewFile(uintptr(fd), "timerfd")}, nil
}

// wake ends a sleep from another goroutine, and every later one.
func (s sleeper) wake() error { return s.timer.SetReadDeadline(time.Unix(1, 0)) }

func (s sleeper) close() error { return s.timer.Close() }

// until returns false if it was woken or ctx is done.
func (s sleeper) until(ctx context.Context, at time.Time) bool {
	for ctx.Err() == nil {
		left := time.Until(at)
		if left <= 0 {
			return true
		}
		if err := s.sleep(left); err != nil {
			return false
		}
	}
	return false
}

func (s sleeper) sleep(d time.Duration) error {
	spec := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(d))}
	if err := unix.TimerfdSettime(s.fd, 0, &spec, nil); err != nil {
		return os.NewSyscallError("timerfd_settime", err)
	}
	var expirations [8]byte
	_, err := s.timer.Read(expirations[:])
	return err
}
