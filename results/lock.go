package results

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// ErrLocked says that somebody else is adding records to the run.
var ErrLocked = errors.New("another program is at work on it")

// lock keeps others who ask for it from f until it is closed. It fails with ErrLocked if somebody else
// has it. Some network file systems know no locks: there everybody gets it.
func lock(f *os.File) error {
	switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case err == nil, lockless(err):
		return nil
	case errors.Is(err, syscall.EWOULDBLOCK):
		return fmt.Errorf("lock %s: %w", f.Name(), ErrLocked)
	default:
		return fmt.Errorf("lock %s: %w", f.Name(), os.NewSyscallError("flock", err))
	}
}

// lockless reports whether err is what a file system without locks says.
func lockless(err error) bool {
	return errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.EOPNOTSUPP) || errors.Is(err, syscall.ENOLCK) || errors.Is(err, syscall.ENOSYS)
}
