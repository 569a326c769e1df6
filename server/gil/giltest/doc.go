// Package giltest holds locks to how CPython hands over its interpreter lock: to traces of it.
//
// A Pattern says what threads do under the lock. Whoever has a lock to test lets threads do that, notes a Hold
// whenever one of them has had it, and compares the Summary with those recorded of CPython (Recorded), by Distance.
// The emulated lock and the simulator's are tested so.
//
// What the traces show, and the source (Python/ceval_gil.c) explains: a short call does not give the lock away, since
// who makes it is back before anyone who was woken runs; a thread that was asked to drop the lock waits until another
// has it; a waiter whose interval is over asks only if the lock has not changed hands meanwhile, and waits anew, behind
// the others; and one that asks is often fast enough to take what is dropped before the thread that was woken.
//
// The traces are in testdata, with trace.py, which makes them; TestRecord makes them anew (its comment says how).
package giltest
