// Package hiddenblock: one driver that does not yield takes a coroutine worker's concurrency away.
//
// The claim. A wait that the event loop knows nothing of, a C driver's, leaves {workers} gevent workers at most
// {left} % of what they serve when the wait yields, and what as many sync workers serve, within {margin} %;
// {workers} gthread workers of {threads} threads keep at least {kept} % of theirs.
//
// What is said. gevent's documentation warns that a library written in C blocks the whole loop unless it
// cooperates; users of gunicorn ask again and again why gevent gained them nothing.
//
// The theory. gevent and eventlet make Python's own blocking calls yield by replacing them (monkey-patching). A
// database driver written in C waits inside the C library, where nothing was replaced, and so the whole loop
// waits with it. With such a wait, W workers serve
//
//	X = W/(D+I)
//
// one request each at a time, as sync workers do. A driver in C lets the interpreter lock go while it waits,
// and to the kernel one waiting thread is like another, so that threads overlap their waits either way: W·T
// requests at a time.
//
// What is measured. Throughput with the wait done by the worker's own means ({yields}) and with the same wait
// hidden from it ({hides}), for {workers} gevent workers and for as many gthread workers with {threads} threads
// each and the interpreter lock; as many sync workers for comparison. {clients} clients, a connection per
// request, one core for the server. How gthread's workers share the connections out differs from run to run,
// and its throughput with it: hence the modest threshold, and a fit of its own.
package hiddenblock
