// Package eventloopblocked: one long computation stalls every coroutine of its worker.
//
// The claim. A client that makes its worker compute for 100 ms, then rests 400 ms, again and again,
// delays at least 10 % of everybody else's requests by more than 10 ms under one gevent or one
// asgi worker, and fewer than 2 % under four sync workers.
//
// The theory. An event loop does one thing at a time. A request that arrives while the loop computes
// waits for the rest of the computation, and so does one whose own wait w ends meanwhile. With a
// computation of length b in every period T, those delayed by more than l are
//
//	P(delay > l) = (b + w − l)/T
//
// Here b is 100 ms, w 5 ms, l 10 ms and T 500 ms, hence about 0.19. Processes share a core by
// preemption: the scheduler gives a waking worker its turn in a few milliseconds.
//
// What is measured. 100 requests a second, evenly spaced, each waiting 5 ms on a connection of its
// own, beside the hog; the share not answered within 15 ms of the intended send, per run. All on
// one core for the server. The same without a hog shows that the delay is the hog's; there, and under
// sync, none delayed in so many requests means no more than the exact interval says. Beside it:
// tornado (a blocking app), gthread with eight threads under the lock, and two gevent workers, where
// the idle one takes new connections.
package eventloopblocked
