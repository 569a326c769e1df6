// Package keepalive: keep-alive saves connection set-up, and five think times of it are enough.
//
// The claim. For requests that do nothing, keep-alive lowers the server's CPU time per request by at
// least 15 % under gthread and under gevent. A client whose think time is Z reconnects for a share
// P(Z > keep-alive) of its requests, to within 3 points. For exponential think times of 1 s on average,
// a keep-alive of 10 s saves less than 2 points of connections over one of 5 s.
//
// The theory. Opening and closing a connection is work for the kernel on both sides, and for the server
// an accept and a hand-off. A connection that lay idle for longer than the keep-alive is closed, so
//
//	reconnects = P(Z > keep-alive) = e^(−keep-alive/E[Z]) for exponential Z
//
// which is 37 % at once the mean and 0.7 % at five times. So 5 s are enough for a mean of 1 s and not
// for one of 3 s, where 19 % of the requests still reconnect, and 4 % with 10 s. A client's first request always opens a
// connection. Of clients that start with a thought and then come as a Poisson process of mean m,
// requests sent between a and b after the start open one with
//
//	[m·(e^(−a/m) − e^(−k/m)) + (b − k)·e^(−k/m)] / (b − a), a < k < b
//
// (a request at t needs one if none came in the last min(t, k) seconds).
//
// To clients far away a connection costs time as well: a round trip for its handshake, before the one
// that every request takes. With keep-alive an answer comes after
//
//	(RTT + S) / (2·RTT + S′)
//
// of the time that it takes without, where S and S′ are the server's parts: about one half.
//
// What is measured. CPU time per request of gthread 1×8 with the lock and of gevent, with keep-alive of
// 2 s and without, 8 clients, one core; sync, which has none, beside them. And the connections opened
// by clients of a gevent worker: think times of 0.5, 1.5 and 3 s, ±10 %, against 1 and 2 s, each
// client's first request left out; exponential ones of 1 s against 2, 5 and 10 s, with the formula.
// The window of 8 s is too short for 10 s of keep-alive to end in it: they stand for one that never
// does, and the difference would be at most as great in a longer window as e^(−5), 0.7 points. That
// 5 s of keep-alive last as long is what may fail: if they were 3, it would be over 2 points.
// All these servers run at once, since they hardly work. Where client and server give up at the same
// moment, think time and keep-alive both 1 s, requests meet a closing connection: how many were reset
// is told, not judged. Loopback has no distance, so the standard and full profiles emulate one: for 8
// clients of gthread and of gevent a round trip of 5 or 20 ms passes before each request, and another
// before a connection is opened. The median response with keep-alive over that without is told beside
// the formula, S being the CPU time of a request, and not judged.
package keepalive
