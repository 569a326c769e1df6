// Package eventloopio: event-driven workers serve many waiting requests with little.
//
// The claim. One event-driven worker (gevent, asgi) holds {many} requests that each wait {wait}, answers at
// least {inTime} % of them within {limit}, and needs less than {perParked} KiB for each that waits.
//
// What is said. gunicorn's documentation (Design, Choosing a Worker Type) recommends asynchronous workers for
// apps that wait long, for other services or on open connections.
//
// The theory. A waiting coroutine costs its stack, its connection and its buffers, and no core. So K requests
// are answered after their wait plus at most K·D for the CPU they share. T threads hold T requests and serve K
// in ⌈K/T⌉ waves of one wait each; sync holds one per worker.
//
// What is measured. K requests arrive evenly over {least} (more slowly above {fastest}/s, which is as fast as
// one core opens connections), each on a new connection, and wait {wait}. PSS of the server's process tree is
// read when all of them wait, or at the end of the window: of {crowd}, which take {crowdTakes} to arrive, no
// more than about {mostHeld} ever wait at once. So how many do is read too, and the slope is on that number,
// with none, read from the same server before the load, as its other end. An answer later than {limit} after
// its intended send, a failure and a request that was never sent all count against the server, run by run,
// since the requests of a run share its luck. Secondary: gthread with {pool} threads and as many requests, and
// {sync} sync workers with {few}, whose clients give up after {patience}.
package eventloopio
