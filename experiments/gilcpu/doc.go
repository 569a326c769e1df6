// Package gilcpu: with the interpreter lock, threads do not speed CPU-bound work.
//
// The claim. For requests that only compute ({work}), on two cores: with the lock, {many} threads serve less
// than {most} times what one does, without it at least {least} times; and {forked} processes, lock or not, at
// least {least} times what one does.
//
// What is said. Python's documentation (threading) says that the interpreter lock lets one thread at a time run
// Python code, so that threads alone do not make use of several cores.
//
// The theory. The lock is one server, whatever the number of threads: X ≤ 1/D_g, D_g being the CPU time under
// it. Without it, threads use the cores there are: X ≤ min(T, C)/D. Processes have a lock each. CPython hands
// the lock over when a waiter has waited the switch interval and the holder notices; the hand-overs are not
// free, so threads may even slow the work (utilisation bound: Denning and Buzen 1978; the lock: Beazley,
// Understanding the Python GIL, 2010).
//
// What is measured. Throughput of gthread with one and {many} threads, lock on and off, and of sync with one
// and {forked} workers; {clients} clients, a connection per request. Server and generator share the two cores,
// because parallelism is the question; the generator takes a few per cent of them.
package gilcpu
