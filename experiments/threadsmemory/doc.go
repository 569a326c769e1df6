// Package threadsmemory: threads share memory, so they are the cheaper concurrency.
//
// The claim. To hold {held} requests at once, one process with {held} threads needs at most {third} % of the
// memory of {held} processes. An app that holds nothing and one that holds {app} MiB are two strata, declared
// beforehand.
//
// What is said. gunicorn's documentation (Design, How Many Threads?) recommends threads in place of processes
// as a way to save memory.
//
// The theory. With M₀ for the arbiter and what is shared, m for a worker process (its own part plus the app's
// memory A) and m_t for a thread,
//
//	ratio = (M₀ + m + n·m_t) / (M₀ + n·m)
//
// for n requests, which falls towards one in n as the app grows and rises towards one as m vanishes next to M₀.
// So the answer may depend on the app.
//
// What is measured. PSS of the whole process tree while all requests wait in the server ({wait} each, sent
// again at once), for {processes}, {threads}, {both}, and one gevent worker with a coroutine for each. The cost
// of a thread, a secondary result, is the slope of PSS on the number of busy threads; in Go a thread holds a
// share of the runtime's allocation caches. Equal concurrency is not equal throughput once requests compute
// (see gil-cpu); here they only wait, and the throughput is compared too.
package threadsmemory
