// Package preloadmemory: preload saves memory and start-up time.
//
// The claim. With preload, four workers whose app holds 32 MiB need at most 0.9 of the memory that they
// need without it, whether they write none, half or all of the app's pages, and a replacement serves
// in at most 0.3 of the time. Whether the pages are mostly left alone (none, half) or all written are
// two strata, declared beforehand.
//
// The theory. Without preload each of W workers holds the app's m bytes: W·m. With it the arbiter loads
// the app once and workers share its pages until they write to them. A written page is copied for the
// worker that writes, and the arbiter keeps its own, so when a share f of the pages is written by
// every worker,
//
//	m·(1 + W·f)  instead of  W·m,  equal at f = (W−1)/W
//
// which is 0.75 for four workers. Beyond that preload costs memory, at most m, the arbiter's copy.
// An interpreter that counts references writes to pages that it only reads, so its f is larger than
// that of its app. A worker that finds the app loaded need not load it: it starts after a fork, not
// after a boot.
//
// What is measured. PSS of the whole process tree, after requests that write to the first byte of a
// share of the app's pages and wait 5 ms; 16 clients keep every worker busy, and a run in which one
// served nothing does not count. For the times: the app takes 0.5 s of CPU to load; how long the
// server takes to start with all its workers, and how long after a worker was killed its replacement
// serves, on one core.
package preloadmemory
