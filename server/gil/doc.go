// Package gil is CPython's interpreter lock, emulated (Python/ceval_gil.c): one thread of a worker
// runs at a time. A thread that has waited the switch interval (5 ms unless told otherwise) while the lock did
// not change hands sets a drop request, and waits anew; the holder sees it at its next check, drops the lock, and does
// not take it again before another thread has had it. Waiting for I/O releases the lock; a call that takes no longer
// than it takes another thread to wake does not give it away.
//
// Guarantees: mutual exclusion; the waiting is done in the kernel (futex), as pthread_cond_timedwait does it for
// CPython, so an interval is not rounded up to the Go scheduler's millisecond; a thread of a Burner sees a request
// within about a microsecond of CPU work. Who gets the lock next is as in traces of CPython (package giltest).
package gil
