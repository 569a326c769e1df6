// Package threadsio: threads do help I/O-bound work, even with the interpreter lock.
//
// The claim. With the lock, where requests mostly wait ({work} of CPU, {wait} of waiting), one worker with
// {many} threads serves at least {speedup} times what it does with one, and with {most} the CPU is at least
// {busy} % busy, its limit.
//
// What is said. Python's documentation (threading) recommends threads for several I/O-bound tasks at once, the
// interpreter lock notwithstanding.
//
// The theory. A wait releases the lock, so T threads are T jobs in a closed network of a delay I and one server
// of demand D, the lock:
//
//	X(T) = G(T−1)/G(T) ≤ min(T/(D+I), 1/D)
//
// (package queueing, with one core). The upper bounds meet at T* = (D+I)/D threads, about {crossing} here. A
// lock serves in order of arrival, for which the form is exact only if D is exponential; demands as constant as
// these queue less, so it errs low by some per cent where both bounds are near.
//
// What is measured. Throughput of gthread with one worker and T threads on one core, saturated by {clients}
// clients with a connection per request. D is the worker's CPU time per request: with {most} threads for how
// busy the CPU is there, and for the curve, whose I is the rest of one thread's cycle, 1/X(1) − D. The number
// of lock acquisitions per request is told too, because the emulated lock must be taken as often as an
// interpreter would. How busy the CPU is comes out as X·D, a number of cores; X is of the window and D of the
// whole run, so that noise may lift it a little above the one core there is.
package threadsio
