package patience

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"
)

func TestAWaitEndsWhenItsStateComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		waited, came := wait(never(t), func() bool { return time.Since(began) >= 5*time.Second })
		if !came || waited < 5*time.Second || waited > 6*time.Second {
			t.Errorf("came: %t after %v, want after 5s", came, waited)
		}
	})
}

func TestAWaitIsAsLongAsTheHostIsSlow(t *testing.T) {
	for _, c := range []struct {
		slowdown float64
		want     time.Duration
	}{{1, Limit}, {3, 3 * Limit}, {1000, 10 * Limit}} {
		synctest.Test(t, func(t *testing.T) {
			waited, came := wait(func() float64 { return c.slowdown }, func() bool { return false })
			if came || waited < c.want || waited > c.want+time.Second {
				t.Errorf("a host %g times as slow: came: %t after %v, want %v", c.slowdown, came, waited, c.want)
			}
		})
	}
}

func never(t *testing.T) func() float64 {
	return func() float64 {
		t.Error("asked how slow the host is before the limit")
		return 1
	}
}

// failure is a test that fails for good.
type failure struct{ format string }

func (f *failure) Fatalf(format string, _ ...any) { f.format = format }

func TestWhatDoesNotComeFailsTheTest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f failure
		Eventually(&f, "it came", func() bool { return true })
		if f.format != "" {
			t.Errorf("failed: %s", f.format)
		}
	})
}

// Four threads share a core: each has a quarter of it.
func TestSlowdownIsWhatOthersTakeOfACore(t *testing.T) {
	var stop atomic.Bool
	var all sync.WaitGroup
	var others unix.CPUSet
	if err := unix.SchedGetaffinity(0, &others); err != nil {
		t.Fatal(err)
	}
	one := first(t, others)
	crowd := runtime.GOMAXPROCS(0) + 4 // one more thread that runs for each that spins
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(crowd))
	for range 3 {
		all.Go(func() {
			pin(t, one)
			for !stop.Load() {
			}
		})
	}
	var shared float64
	all.Go(func() {
		defer stop.Store(true)
		pin(t, one)
		shared = Slowdown()
	})
	all.Wait()
	if shared < 2 {
		t.Errorf("slowdown %.2f with four threads on a core, want about 4", shared)
	}
	if got := Slowdown(); got < 1 {
		t.Errorf("slowdown %v, want at least 1", got)
	}
}

// pin keeps the goroutine's thread, which ends with it, on a core.
func pin(t *testing.T, cpu int) {
	runtime.LockOSThread()
	var set unix.CPUSet
	set.Set(cpu)
	if err := unix.SchedSetaffinity(0, &set); err != nil {
		t.Error(err)
	}
}

func first(t *testing.T, set unix.CPUSet) int {
	t.Helper()
	for cpu := range len(set) * 64 {
		if set.IsSet(cpu) {
			return cpu
		}
	}
	t.Fatal("no core")
	return 0
}
