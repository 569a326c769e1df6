package patience

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// Limit is how long a test waits on a quiet host.
const Limit = 20 * time.Second

// A Test is what fails: a *testing.T, or a script's.
type Test interface {
	Fatalf(format string, args ...any)
}

// Eventually waits for a state that nobody announces, and fails the test where it does not come.
func Eventually(t Test, what string, ok func() bool) {
	if h, is := t.(interface{ Helper() }); is {
		h.Helper()
	}
	if waited, came := wait(Slowdown, ok); !came {
		t.Fatalf("not within %v: %s", waited.Round(time.Millisecond), what)
	}
}

// wait looks every other millisecond, and asks how slow the host is only once Limit is over.
func wait(slowdown func() float64, ok func() bool) (waited time.Duration, came bool) {
	const look = 2 * time.Millisecond
	poll := time.NewTicker(look)
	defer poll.Stop()
	limit, grown := Limit, false
	for began := time.Now(); ; <-poll.C {
		if ok() {
			return time.Since(began), true
		}
		if waited = time.Since(began); waited < limit {
			continue
		}
		if grown {
			return waited, false
		}
		limit, grown = times(Limit, slowdown()), true
	}
}

// Grown is a limit as it is on a host as busy as this one just now.
func Grown(limit time.Duration) time.Duration { return times(limit, Slowdown()) }

// times never multiplies by more than a busy host explains: beyond that, it hangs.
func times(limit time.Duration, slowdown float64) time.Duration {
	const most = 10
	return time.Duration(float64(limit) * min(slowdown, most))
}

// Slowdown is how many times as long as with a core to itself a computation takes just now, at least 1. It computes for
// 20 ms to find out.
func Slowdown() float64 {
	const work = 20 * time.Millisecond
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	began, cpu := time.Now(), threadCPU()
	took := time.Duration(0)
	for took < work {
		took = threadCPU() - cpu
	}
	return max(1, float64(time.Since(began))/float64(took))
}

func threadCPU() time.Duration {
	var ts unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts) // it cannot fail for that clock
	return time.Duration(ts.Nano())
}
