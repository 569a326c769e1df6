// Package benchfmt writes a run's records in the Go benchmark format, so that benchstat and every
// other tool for that format reads them:
//
//	benchstat old/benchmarks.txt new/benchmarks.txt
//
// Guarantees: each valid record is one line, invalid ones are left out; equal trials have equal
// names, in this run and in any other, and different trials of a run different ones; a latency
// quantile stands only where at least 20 of the record's requests lie beyond it.
//
// A name holds the class, the workers, and those further axes of the cell that are not at their
// default: "Trial/class=gthread/workers=1/threads=8/do=wait:20ms/clients=64". The units:
//
//	requests/s   successes that arrived in the window, per second of it
//	p50-sec/op   response time (from the intended send), the record's median; likewise p99
//	cpu-sec/op   CPU time of the workers per request
//	pss-bytes    memory of the server's whole process tree, shared pages by their share
//
// What two runs must have in common to be compared is told as configuration (goos, goarch, cpu,
// profile): benchstat sets runs that differ in it in tables of their own. What they may differ in
// (version, seed, host, time) is told in lines that begin with #, which the format passes over.
//
// Note: axes that happen to be the same in the whole run could be left out of the names as well. But
// then a trial's name would depend on what else ran, and benchstat would find nothing in common
// between a whole run and one of a single claim.
//
// The format: https://go.dev/design/14313-benchmark-format.
package benchfmt
