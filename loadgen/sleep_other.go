//go:build !linux

package loadgen

import (
	"context"
	"sync"
	"time"
)

// A sleeper sleeps until an instant, with the precision of the runtime's timers.
type sleeper struct {
	woken chan struct{}
	once  *sync.Once
}

func newSleeper() (sleeper, error) { return sleeper{make(chan struct{}), new(sync.Once)}, nil }

// wake ends a sleep from another goroutine, and every later one.
func (s sleeper) wake() error {
	s.once.Do(func() { close(s.woken) })
	return nil
}

func (s sleeper) close() error { return nil }

// until returns false if it was woken or ctx is done.
func (s sleeper) until(ctx context.Context, at time.Time) bool {
	left := time.Until(at)
	if left <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
	case <-s.woken:
	}
	return false
}
