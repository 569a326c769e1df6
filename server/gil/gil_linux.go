package gil

import (
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A Lock is the interpreter lock of one worker. The nil Lock is a free-threaded interpreter: all its
// methods do nothing. Goroutines that share a Lock are each locked to a thread (runtime.LockOSThread).
type Lock struct {
	interval      time.Duration
	taken, forced *atomic.Int64

	held     atomic.Uint32 // futex: 1 while a thread has the lock
	switches atomic.Uint32 // futex: counts acquisitions by another thread than had the lock before
	last     atomic.Int32  // the thread that released the lock last while others waited
	waiters  atomic.Int32
	yielding atomic.Int32 // threads that gave way and wait until another has had the lock
	drop     atomic.Bool
}

// New makes a lock whose waiters ask for it after interval. Every acquisition is counted in taken,
// and in forced if the holder before gave way to a drop request; both may live in shared memory.
func New(interval time.Duration, taken, forced *atomic.Int64) *Lock {
	return &Lock{interval: interval, taken: taken, forced: forced}
}

// Acquire takes the lock, waiting as long as it takes.
func (l *Lock) Acquire() {
	if l == nil {
		return
	}
	if !l.held.CompareAndSwap(0, 1) {
		l.wait()
	}
	l.drop.Store(false)
	l.taken.Add(1)
	if l.waiters.Load() > 0 && l.last.Load() == thread() {
		return // for those who wait it has not changed hands
	}
	l.switches.Add(1)
	if l.yielding.Load() > 0 {
		futexWake(&l.switches)
	}
}

// Release gives the lock up. If a waiter has asked for it, it returns when another thread has had it; if not,
// its caller may have it again before anyone whom that wakes.
func (l *Lock) Release() {
	if l == nil {
		return
	}
	if l.waiters.Load() > 0 {
		l.pass()
		return
	}
	l.held.Store(0)
	if l.waiters.Load() > 0 { // since a moment ago
		futexWake(&l.held)
	}
}

// Check is what the interpreter's loop does between bytecodes: if a waiter has asked for the lock, it
// gives it up, waits until another thread has had it, and takes it again.
func (l *Lock) Check() {
	if l == nil || !l.drop.Load() {
		return
	}
	l.Release()
	l.Acquire()
}

// pass releases the lock while others wait.
func (l *Lock) pass() {
	before, asked := l.switches.Load(), l.drop.Load()
	l.last.Store(thread())
	if !asked {
		l.held.Store(0)
		futexWake(&l.held)
		return
	}
	l.forced.Add(1)
	l.yielding.Add(1)
	l.held.Store(0)
	futexWake(&l.held)
	for l.switches.Load() == before { // whoever asked is there until it has the lock
		futexWait(&l.switches, before, l.interval)
	}
	l.yielding.Add(-1)
}

// awake is how often a thread that has asked for the lock looks whether it is free before it sleeps: for half a
// microsecond, about as long as CPython's is awake then. Because the holder drops the lock as soon, it is often faster
// than the one whom that wakes.
const awake = 300

func (l *Lock) wait() {
	l.waiters.Add(1)
	defer l.waiters.Add(-1)
	for {
		before := l.switches.Load()
		timedOut := futexWait(&l.held, 1, l.interval)
		if l.held.CompareAndSwap(0, 1) {
			return
		}
		if !timedOut || l.switches.Load() != before {
			continue
		}
		l.drop.Store(true)
		for range awake {
			if l.held.Load() == 0 && l.held.CompareAndSwap(0, 1) {
				return
			}
		}
	}
}

func thread() int32 { return int32(unix.Gettid()) }

const (
	futexWaitPrivate = 0 | 128
	futexWakePrivate = 1 | 128
)

// futexWait sleeps while *word is value, for at most d, and says whether the time ran out.
func futexWait(word *atomic.Uint32, value uint32, d time.Duration) (timedOut bool) {
	ts := unix.NsecToTimespec(int64(d))
	_, _, e := unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), futexWaitPrivate,
		uintptr(value), uintptr(unsafe.Pointer(&ts)), 0, 0)
	return e == unix.ETIMEDOUT
}

func futexWake(word *atomic.Uint32) {
	_, _, _ = unix.RawSyscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), futexWakePrivate, 1, 0, 0, 0)
}
