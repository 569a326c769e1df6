// Package capacity answers how many workers and threads a deployment needs, of which class, and how much
// memory: from a few short runs of it.
//
// Fit makes a Deployment of the runs: what a request computes, under the interpreter lock and outside it,
// how long it waits, how both vary and how the work grows when all cores are busy, and what a worker and a
// thread take of memory. CPU time comes by the utilisation law from what the processes used, waits are what
// remains of the response time of a lone client.
//
// Where a deployment was measured in one size alone, what that does not tell is assumed, and said so
// (Assumption): it widens the ranges below.
//
// Plan then screens every size within the memory by the closed forms, and simulates those that may meet the
// objective, cheapest first (package sim). Each replication draws the deployment anew from the uncertainty
// of its fit, so that the intervals say how wrong a figure may be, and not only how noisy the simulation
// is. What is recommended is the cheapest configuration whose whole interval meets the objective.
package capacity
