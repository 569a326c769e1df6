// Package gil is CPython's interpreter lock, emulated (Python/ceval_gil.c): one thread of a worker
// runs at a time. A thread that has waited the switch interval (5 ms unless told otherwise) sets a
// drop request; the holder sees it at its next check, drops the lock, and does not take it again
// before another thread has had it. Waiting for I/O releases the lock.
//
// Guarantees: mutual exclusion; a waiter's request is seen within about 50 µs of CPU work; the
// waiting is done in the kernel (futex), as pthread_cond_timedwait does it for CPython, so an interval
// is not rounded up to the Go scheduler's millisecond.
package gil
