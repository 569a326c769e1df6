// Package threadsio: threads do help I/O-bound work, even with the interpreter lock.
//
// The claim. With the lock on, for requests of 1 ms CPU and 20 ms waiting, one worker with 16 threads
// serves at least ten times as many requests a second as one with a single thread; with 32 threads
// the CPU is at least 85 % busy, and no further thread can help.
//
// The theory. A wait releases the lock, so T threads are T jobs in a closed network of a delay I and
// one server of demand D, the lock:
//
//	X(T) = G(T−1)/G(T) ≤ min(T/(D+I), 1/D)
//
// (package queueing, with one core). The upper bounds meet at T* = (D+I)/D threads, about 20 here.
// A lock serves in order of arrival, for which the form is exact only if D is exponential; demands as
// constant as these queue less, so it errs low by some per cent where both bounds are near.
//
// What is measured. Throughput of gthread with one worker and T threads on one core, saturated by 64
// clients with a connection per request. D is the worker's CPU time per request: at T = 32 for how
// busy the CPU is there, and for the curve, whose I is the rest of one thread's cycle, 1/X(1) − D. The
// number of lock acquisitions per request stands beside it, because the emulated lock must be taken
// as often as an interpreter would. How busy the CPU is comes out as X·D, a number of cores; X is of the
// window and D of the whole run, so that noise may lift it a little above the one core there is.
package threadsio
