package gil

import (
	"runtime"
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

// Who has been asked for the lock does not get it back before another has had it, even by a call that is short.
func TestWhoIsAskedGivesTheLockAway(t *testing.T) {
	l, taken, forced := newLock(time.Millisecond)
	pinned(func() {
		l.Acquire()
		waiter := make(chan struct{})
		go pinned(func() {
			defer close(waiter)
			l.Acquire()
			l.Release()
		})
		for !l.drop.Load() { // the waiter's interval is over
			runtime.Gosched()
		}
		l.Release()
		if taken.Load() != 2 || forced.Load() != 1 {
			t.Errorf("released after %d acquisitions, %d forced; the waiter is the second", taken.Load(), forced.Load())
		}
		<-waiter
	})
}

// For those who wait a lock that its holder takes back after a short call has not changed hands, so that this puts their
// requests off no longer than it takes; a lock that another takes has.
func TestTakingBackIsNoSwitch(t *testing.T) {
	l, _, _ := newLock(time.Hour)
	l.waiters.Add(1) // one that sleeps
	take := func() uint32 {
		l.Acquire()
		l.Release()
		return l.switches.Load()
	}
	pinned(func() {
		first := take()
		if again := take(); again != first {
			t.Errorf("%d switches, and %d when the same thread took the lock back", first, again)
		}
		another := make(chan uint32)
		go pinned(func() { another <- take() })
		if got := <-another; got != first+1 {
			t.Errorf("%d switches, and %d when another thread took the lock", first, got)
		}
	})
}

// pinned runs f on a thread of its own.
func pinned(f func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	f()
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
