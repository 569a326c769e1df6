// Package preloadmemory: preload saves memory and start-up time.
//
// The claim. With preload, {workers} workers whose app holds {app} MiB need at most {saves} of the memory that
// they need without it, whether they write none, half or all of its pages, and a replacement serves in at most
// {quicker} of the time. Pages that are mostly left alone (none, half) and all of them written are two strata,
// declared beforehand.
//
// What is said. gunicorn's documentation (Settings, preload_app) says that loading the app before the workers
// are forked saves memory and makes the server start faster.
//
// The theory. Without preload each of W workers holds the app's m bytes: W·m. With it the arbiter loads the app
// once and workers share its pages until they write to them. A written page is copied for the worker that
// writes, and the arbiter keeps its own, so when a share f of the pages is written by every worker,
//
//	m·(1 + W·f)  instead of  W·m,  equal at f = (W−1)/W
//
// which is {breakEven} for {workers} workers. Beyond that preload costs memory, at most m, the arbiter's copy.
// An interpreter that counts references writes to pages that it only reads, so its f is larger than that of its
// app. A worker that finds the app loaded need not load it: it starts after a fork, not after a boot.
//
// What is measured. PSS of the whole process tree, after requests that write to the first byte of a share of
// the app's pages and wait {pause}; {clients} clients keep every worker busy, and a run in which one served
// nothing does not count. For the times: the app takes {boot} of CPU to load; how long the server takes to
// start with all its workers, and how long after a worker was killed its replacement serves, on one core.
package preloadmemory
