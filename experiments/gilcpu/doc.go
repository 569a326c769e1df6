// Package gilcpu: with the interpreter lock, threads do not speed CPU-bound work.
//
// The claim. For requests that only compute (5 ms), on two cores: with the lock, four threads serve
// less than 10 % more than one; without it at least 1.6 times as much; and two processes, lock or
// not, at least 1.6 times as much as one.
//
// The theory. The lock is one server, whatever the number of threads: X ≤ 1/D_g, D_g being the CPU
// time under it. Without it, threads use the cores there are: X ≤ min(T, C)/D. Processes have a lock
// each. CPython hands the lock over when a waiter has waited the switch interval (5 ms) and the holder
// notices; the hand-overs are not free, so threads may even slow the work (utilisation bound: Denning
// and Buzen 1978; the lock: Beazley, Understanding the Python GIL, 2010).
//
// What is measured. Throughput of gthread with one and four threads, lock on and off, and of sync with
// one and two workers; 16 clients, a connection per request. Server and generator share the two
// cores, because parallelism is the question; the generator takes a few per cent of them.
package gilcpu
