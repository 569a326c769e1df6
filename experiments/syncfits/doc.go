// Package syncfits: with as many processes, sync does as well as other classes, be it computing or waiting.
//
// The claim. With as many processes ({workers}): where requests compute ({computes}, two cores), gthread,
// gevent and tornado serve at most {margin} % more than sync, and gthread and gevent have a p95 at most {lower}
// % lower; where they mostly wait ({work} of CPU, {wait} of waiting), {workers} workers of {threads} threads
// serve less than {gain} times what {workers} sync workers do. The two are strata: that sync fits may hold in
// one and fail in the other.
//
// What is said. gunicorn's default worker class is sync, which its documentation and most introductions call
// simple, stable and right for most ordinary applications.
//
// The theory. Where a request only computes, all that a class can do is keep the cores busy:
//
//	X ≤ min(W,C)/D
//
// which sync reaches, with less work per request than any other. Its workers also take their requests from one
// queue, the kernel's, first come, first served, where classes that accept more than they can serve queue in
// private. Where a request waits, a sync worker waits with it, X = W/(D+I), and threads overlap W·T waits until
// the core is busy.
//
// What is measured. Saturated, with {busy} clients: throughput of {sync}, {locked} with the interpreter lock,
// {loop} and {tornado} on two cores, which the generator shares. Open, with Poisson arrivals, {rate} a second,
// somewhat more than half of what the cores can do: the 95th percentile of the response time, run by run, of
// sync, gthread and gevent, each asked for the same work. And the throughput of {pool} over that of {sync} for
// requests that wait, on one core with {waiters} clients. A connection per request throughout.
package syncfits
