// Package eventloopblocked: one long computation stalls every coroutine of its worker.
//
// The claim. A client in the background that makes its worker compute {computing}, then rests {resting}, again
// and again, delays at least {least} % of all other requests by more than {delay} under one event-loop worker
// (gevent, asgi), and fewer than {most} % under {forked} sync workers.
//
// What is said. Python's documentation (Developing with asyncio) warns that a computation of a second delays
// every other task of the loop by a second.
//
// The theory. An event loop does one thing at a time. A request that arrives while the loop computes waits for
// the rest of the computation, and so does one whose own wait w ends meanwhile. With a computation of length b
// in every period T, those delayed by more than l are
//
//	P(delay > l) = (b + w − l)/T
//
// Here b is {computing}, w {waiting}, l {delay} and T {period}, hence about {theory}. Processes share a core by
// preemption: the scheduler gives a waking worker its turn in a few milliseconds.
//
// What is measured. {rate} requests a second, evenly spaced, each waiting {waiting} on a connection of its own,
// over the background load; the share not answered within {limit} of the intended send, per run. All on one
// core for the server. The same without a background load shows that the delay is its doing; there, and under
// sync, none delayed in so many requests means no more than the exact interval says. Secondary: tornado (a
// blocking app), gthread with {threads} threads under the lock, and {workers} gevent workers, where the idle
// one takes new connections.
package eventloopblocked
