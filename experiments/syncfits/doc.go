// Package syncfits: with as many processes, sync does as well as other classes, be it computing or waiting.
//
// The claim. Give every class as many processes as there are cores. For requests that compute (5 ms, two
// cores), gthread, gevent and tornado serve at most 10 % more than sync, and the 95th percentile of
// the response time is at most 20 % lower under gthread and gevent when 200 requests a second arrive,
// somewhat more than half of what the cores can do. For requests that mostly wait (1 ms of CPU, 20 ms of waiting), two workers with 8
// threads each serve less than three times what two sync workers serve. The two are strata: the claim
// that sync fits may hold in one and fail in the other.
//
// The theory. Where a request only computes, all that a class can do is keep the cores busy:
//
//	X ≤ min(W,C)/D
//
// which sync reaches, with less work per request than any other. Its workers also take their requests
// from one queue, the kernel's, first come, first served, where classes that accept more than they can
// serve queue in private. Where a request waits, a sync worker waits with it, X = W/(D+I), and threads
// overlap W·T waits until the core is busy.
//
// What is measured. Saturated, with 16 clients: throughput of sync 2, gthread 2×4 with the interpreter
// lock, gevent 2 and tornado 2 on two cores, which the generator shares. Open, with Poisson arrivals:
// the 95th percentile of the response time, run by run, of sync, gthread and gevent, each asked for
// the same work. And the throughput of gthread 2×8 over that of sync 2 for requests that wait, on one
// core with 64 clients. A connection per request throughout.
package syncfits
