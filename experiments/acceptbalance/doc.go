// Package acceptbalance: workers that accept more than they can serve answer late.
//
// The claim. At {load} % load, {workers} gthread workers of one thread answer on average at least {later} times
// as late as {workers} sync workers, though either can serve {workers} requests at once: the busiest takes more
// than {unequal} % of the requests. With worker-connections {limit} they answer within {margin} % of sync's
// time.
//
// What is said. gunicorn's documentation (Design) leaves all balancing between workers to the operating system,
// which is commonly taken to hand each request to an idle one.
//
// The theory. A sync worker accepts when it is idle, so all serve one queue, the listener's (M/M/c; package
// queueing): with service time S and load ρ the mean response is
//
//	R = S·(1 + C(c, cρ)/(c·(1−ρ)))
//
// where C is Erlang's delay formula: {pooled}·S for {workers} workers at that load. A gthread worker's main
// thread is always idle and accepts whatever it sees, so each worker has a queue of its own. Were the shares
// equal and random, R would be S/(1−ρ) = {split}·S. The kernel wakes pollers in the same order again and again,
// so they are not equal: a worker that gets more than a share 1/(cρ) = {overload} of the requests is
// overloaded, its queue grows for as long as the load lasts, and no formula has a mean for that.
//
// What is measured. Requests that wait an exponential time of mean {wait}, {rate} a second at random times, a
// connection each; one core for the server. Every server of a block gets the same times and the same waits. The
// share of a worker differs from start to start, so the start is the unit, and fewer than {minStarts} starts
// never refute the claim. An overloaded worker's queue grows, so the ratio does too, with the length of the
// window. Secondary: {workers} gevent workers with one shared listener, with EPOLLEXCLUSIVE, which wakes one
// poller (always the same, while it has nothing to compute), and with a socket for each worker (reuse-port),
// among which the kernel chooses by a hash.
package acceptbalance
