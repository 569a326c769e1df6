// Package ruleofthumb: two rules for the number of workers, and where they hold.
//
// The claim. On C cores, 2C+1 sync workers serve at least 95 % of what the best other number of workers
// does, and some number from 2C to 4C at least 95 % of the best number outside that range, whatever the
// share s of a request's time that is spent waiting. And 2C+1 workers do not lengthen the 95th
// percentile of the response time by more than 10 % where requests only compute.
//
// The theory. A worker that waits uses no core. To keep C cores busy takes W of them with
//
//	W ≥ C·(D+I)/D = C/(1−s)
//
// so 2C+1 can be enough only up to s* = 1 − C/(2C+1), which is 67 % on one core and 60 % on two, and 4C
// up to 75 %. Near the bound workers queue for the cores, and the exact throughput of the closed
// network (package queueing) is lower: it puts 2C+1 workers on one core at 95 % of the cores' limit only
// up to s = 47 %. Where requests only compute, C workers suffice, and each further one makes requests
// that have been begun share the cores with ones that could have waited: throughput stays, the tail
// grows.
//
// What is measured. Throughput of sync workers on one core for requests of 4 ms CPU with 0, 16 or 76 ms
// of waiting (s = 0, 80 and 95 %), 32 clients; and on two cores, which the generator shares, of requests
// that compute 5 ms. The best of several noisy figures is too good: so in each block the numbers are
// compared that were best in the others. Latency is judged in the open loop alone, 200 computing requests a
// second on two cores, 5 workers against 2: where a fixed number of clients waits for answers, response
// times follow from the throughput (Little's law). A connection per request throughout.
package ruleofthumb
