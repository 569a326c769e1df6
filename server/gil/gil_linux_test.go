package gil

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/workerlab/workerlab/server/task"
)

func newLock(interval time.Duration) (*Lock, *atomic.Int64, *atomic.Int64) {
	var taken, forced atomic.Int64
	return New(interval, &taken, &forced), &taken, &forced
}

func TestMutualExclusion(t *testing.T) {
	l, taken, _ := newLock(time.Millisecond)
	const threads, rounds = 8, 2000
	counter := 0 // unsynchronised but for the lock: the race detector watches
	var wg sync.WaitGroup
	for range threads {
		wg.Go(func() {
			for range rounds {
				l.Acquire()
				counter++
				l.Check()
				counter++
				l.Release()
			}
		})
	}
	wg.Wait()
	if counter != 2*threads*rounds {
		t.Errorf("counter %d, want %d", counter, 2*threads*rounds)
	}
	if taken.Load() < threads*rounds {
		t.Errorf("taken %d, want at least %d", taken.Load(), threads*rounds)
	}
}

// A holder that never waits must give way to a waiter, but not before the switch interval.
func TestHolderGivesWayAfterTheInterval(t *testing.T) {
	const interval = 20 * time.Millisecond
	l, _, forced := newLock(interval)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	l.Acquire()
	wg.Go(func() {
		burner := task.Burner{Rate: 1e5}
		defer l.Release()
		for {
			select {
			case <-stop:
				return
			default:
				burner.Burn(time.Millisecond, l.Check)
			}
		}
	})
	start := time.Now()
	l.Acquire()
	waited := time.Since(start)
	l.Release()
	close(stop)
	wg.Wait()
	if waited < interval {
		t.Errorf("waited %v, less than the interval %v", waited, interval)
	}
	if forced.Load() == 0 {
		t.Error("the holder was not forced")
	}
}

func TestNilLockIsFreeThreaded(*testing.T) {
	var l *Lock
	l.Acquire()
	l.Acquire()
	l.Check()
	l.Release()
}

func BenchmarkUncontended(b *testing.B) {
	l, _, _ := newLock(5 * time.Millisecond)
	for b.Loop() {
		l.Acquire()
		l.Release()
	}
}
