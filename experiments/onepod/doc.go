// Package onepod: small pods behind a blind balancer answer later than one server with as many workers.
//
// The claim. At {load} % load, {many} servers of one sync worker each, behind a balancer that picks at random
// and knows nothing of their queues, answer on average at least {later} times as late as one server with {many}
// workers.
//
// What is said. Guides to running Python web apps on a cluster, FastAPI's documentation on containers among
// them, advise one worker process to a container and leave the rest to the cluster's balancer.
//
// The theory. One server's workers take from one queue, so nobody waits while a worker is idle; a balancer that
// picks at random lets requests queue at one pod beside an idle one. With exponential service times of mean S
// and load ρ (package queueing),
//
//	one server:  R = S·(1 + C(c, cρ)/(c·(1−ρ)))
//	c pods:      R = S/(1−ρ)
//
// here {pooled}·S and {split}·S, a ratio of {ratio}. The theory is of the long run. From an empty start the
// first seconds see a little less, for queues of one take longest to fill. A balancer that knows the pods'
// queues (least connections) comes close to the one server; the claim is about one that does not.
//
// What is measured. Requests that wait an exponential time of mean {wait}, {rate} a second at random times, a
// connection each. The balancer is the generator: it deals the very requests that the one server of the block
// gets, at the same times, to the pods at random. All workers share one core, as in the server they are
// compared with. The run is the unit, and response times of all pods are pooled.
package onepod
