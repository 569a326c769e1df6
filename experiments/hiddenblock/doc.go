// Package hiddenblock: one driver that does not yield takes a coroutine worker's concurrency away.
//
// The claim. Let requests wait 20 ms in a driver that the event loop knows nothing of. Two gevent
// workers then serve at most a tenth of what they serve when the wait yields, and no more than two
// sync workers, to within 15 %. Two gthread workers of 16 threads keep at least half of theirs.
//
// The theory. gevent and eventlet make Python's own blocking calls yield by replacing them
// (monkey-patching). A database driver written in C waits inside the C library, where nothing was
// replaced, and so the whole loop waits with it. With such a wait, W workers serve
//
//	X = W/(D+I)
//
// one request each at a time, as sync workers do. A driver in C lets the interpreter lock go while it
// waits, and to the kernel one waiting thread is like another, so that threads overlap their waits
// either way: W·T requests at a time.
//
// What is measured. Throughput with the wait done by the worker's own means (wait:20ms) and with the
// same wait hidden from it (block:20ms), for two gevent workers and for two gthread workers with 16
// threads each and the interpreter lock; two sync workers for comparison. 32 clients, a connection
// per request, one core for the server. How gthread's two workers share the connections out differs
// from run to run, and its throughput with it: hence the modest threshold, and a fit of its own.
package hiddenblock
