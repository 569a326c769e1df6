// Package capacity finds the highest rate of requests at which a server still meets its service-level
// objectives (SLO), in bounded time.
//
// # The method
//
// A closed sweep first (1, 2, 4 … clients, in randomised blocks) shows how throughput grows and where
// to begin. Then an open search, Poisson arrivals: the rate grows by half until the SLO breaks, and
// the gap is bisected to 3 %. What holds at a rate is what two of at most three probes say, each with
// arrivals of its own. At last three probes each at 0.9, 1.0 and 1.1 of what was found confirm it, in
// random order, and only they: a search alone stops at the first lucky probe.
//
// # When a probe meets the SLO
//
// "p99 = 100 ms" says that at most 1 % of all requests that were meant to be sent take longer than
// 100 ms from their intended send, or fail: a server that answers the lucky ones fast does not meet
// it. This needs no quantile of few samples; a window is made longer where it would hold fewer than
// three slow requests at the limit.
//
// # What the result says
//
// The search's own answer, the highest rate at which the SLO was met, is some percent too high: near
// the edge slow requests come in clusters, so that most short probes see fewer than the long run
// would. The estimate is therefore fitted to all probes within 15 % of the edge but those that the
// generator spoiled,
//
//	logit(share of slow requests) = a + b·log(rate)
//
// and capacity is where the line meets the share that the SLO allows. Over so short a way every queue
// nearly follows it; of an M/M/c queue the logarithm of a small share is linear in the rate. The
// interval is Fieller's, its variance taken from the scatter between probes, never from the requests
// within one. Against simulated M/M/c queues the estimate is right to 2 % in the median, and the 95 %
// interval holds the truth in about nine of ten searches (TestCapacityOfQueue). Where there is no
// such line, as when the share jumps from nothing to everything, the interval runs between the nearest
// rates at which all probes agree; the result says which of the two it is.
//
// Where probes were limited by the generator and not by the server, the result is "at least".
package capacity
