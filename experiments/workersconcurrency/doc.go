// Package workersconcurrency: more workers serve more requests at once.
//
// The claim. Where requests mostly wait (1 ms of CPU, 20 ms off it), eight sync workers on one core
// serve at least six times as many requests a second as one, and the throughput of two, four and
// eight follows the closed form within 10 %. Where requests only compute (5 ms), four workers on two
// cores serve at least 10 % more than two: theory says that they cannot, since more workers help only
// until the cores are busy, up to C/D. The two are strata, declared beforehand.
//
// The theory. W saturated sync workers are W jobs in a closed network of a delay I and C equally
// shared cores with demand D, whose throughput is exactly
//
//	X(W) = G(W−1)/G(W),  G(n) = Σ k=0…n  D^k/β(k) · I^(n−k)/(n−k)!,  β(k) = Π i≤k min(i,C)
//
// (package queueing; Baskett, Chandy, Muntz, Palacios 1975). The rule of thumb W/(D+I) says that
// workers never get in each other's way, and overstates the eight.
//
// What is measured. Throughput of sync with W workers, saturated by 64 clients with a connection per
// request. D and I are never the nominal ones: D is the workers' CPU time per request with W workers,
// since a core that sleeps between requests computes them slower than one that is busy; I is what is
// left of a lone worker's cycle, 1/X(1) − D. What the formula is tested on is how the workers get on
// with each other.
package workersconcurrency
