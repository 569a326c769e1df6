// Package acceptbalance: workers that accept more than they can serve answer late.
//
// The claim. At 70 % load, four gthread workers of one thread each answer on average at least twice as
// late as four sync workers, though both can serve four requests at once: the busiest of them takes
// more than 30 % of the requests. With worker-connections 1 they answer within 25 % of sync's time.
//
// The theory. A sync worker accepts when it is idle, so all four serve one queue, the listener's
// (M/M/4; package queueing): with service time S and load ρ the mean response is
//
//	R = S·(1 + C(4, 4ρ)/(4·(1−ρ)))
//
// where C is Erlang's delay formula, 1.36·S at ρ = 0.7. A gthread worker's main thread is always idle
// and accepts whatever it sees, so each worker has a queue of its own. Were the shares equal and
// random, R would be S/(1−ρ) = 3.33·S. The kernel wakes pollers in the same order again and again,
// so they are not equal: a worker that gets more than a share 1/(4ρ) = 0.36 of the requests is
// overloaded, its queue grows for as long as the load lasts, and no formula has a mean for that.
//
// What is measured. Requests that wait an exponential time of mean 20 ms, 136 a second at random times,
// a connection each; one core for the server. Every server of a block gets the same times and the
// same waits. The share of a worker differs from start to start, so the start is the unit, and fewer
// than five starts never refute the claim. An overloaded worker's queue grows, so the ratio does too,
// with the length of the window. Beside it: four gevent workers with one shared listener, with
// EPOLLEXCLUSIVE, which wakes one poller (always the same, while it has nothing to compute), and with
// a socket for each worker (reuse-port), among which the kernel chooses by a hash.
package acceptbalance
