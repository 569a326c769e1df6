package results

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// ErrLocked says that somebody else is adding records to the run.
var ErrLocked = errors.New("another program is at work on it")

// Lock keeps others who ask for it from adding records until the store is closed or the program ends,
// however it ends. It fails with ErrLocked if somebody else has it.
func (s *Store) Lock() error {
	f, ok := s.file.(*os.File)
	if !ok {
		return nil
	}
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrLocked
	}
	if err != nil {
		return fmt.Errorf("lock %s: %w", s.path, err)
	}
	return nil
}
