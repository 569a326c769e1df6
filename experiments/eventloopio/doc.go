// Package eventloopio: event-driven workers serve many waiting requests with little.
//
// The claim. One event-driven worker (gevent, asgi) holds 1000 requests that each wait 2 s, answers
// at least 99 % of them within 2.5 s, and needs less than 16 KiB for each that waits.
//
// The theory. A waiting coroutine costs its stack, its connection and its buffers, and no core. So K
// requests are answered after their wait plus at most K·D for the CPU they share. T threads hold T
// requests and serve K in ⌈K/T⌉ waves of one wait each; sync holds one per worker.
//
// What is measured. K requests arrive evenly over half a second (more slowly above 4000/s, which is
// as fast as one core opens connections), each on a new connection, and wait 2 s. PSS of the server's
// process tree is read when all of them wait, or at the end of the window: of 10 000, which take
// 2.5 s to arrive, no more than about 8000 ever wait at once. So how many do is read too, and the
// slope is on that number, with none, read from the same server before the load, as its other end. An
// answer later than 2.5 s after its intended send, a failure and a request that was never sent all
// count against the server, run by run, since the requests of a run share its luck. Beside it: gthread with 500
// threads and K = 500, and four sync workers with K = 100, whose clients give up after 3 s.
package eventloopio
