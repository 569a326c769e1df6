// Package workersconcurrency: more workers serve more requests at once.
//
// The claim. More sync workers serve more requests at once: where requests mostly wait ({work} of CPU, {wait}
// off it), {many} on one core serve at least {speedup} times what one does, and up to {many} follow the closed
// form within {margin} %; where requests only compute ({computes}), {beyond} on two cores serve at least
// {extra} % more than {cores}. The two are strata, declared beforehand: theory says that the second cannot
// hold, since more workers help only until the cores are busy, up to C/D.
//
// What is said. Introductions to gunicorn say that more workers serve more requests at once; its documentation
// (Design, How Many Workers?) adds that too many slow the whole system down.
//
// The theory. W saturated sync workers are W jobs in a closed network of a delay I and C equally shared cores
// with demand D, whose throughput is exactly
//
//	X(W) = G(W−1)/G(W),  G(n) = Σ k=0…n  D^k/β(k) · I^(n−k)/(n−k)!,  β(k) = Π i≤k min(i,C)
//
// (package queueing; Baskett, Chandy, Muntz, Palacios 1975). The rule of thumb W/(D+I) says that workers never
// get in each other's way, and overstates the {many}.
//
// What is measured. Throughput of sync with W workers, saturated by {clients} clients with a connection per
// request. D and I are never the nominal ones: D is the workers' CPU time per request with W workers, since a
// core that sleeps between requests computes them slower than one that is busy; I is what is left of a lone
// worker's cycle, 1/X(1) − D. What the formula is tested on is how the workers get on with each other.
package workersconcurrency
