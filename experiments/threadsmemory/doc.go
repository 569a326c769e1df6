// Package threadsmemory: threads share memory, so they are the cheaper concurrency.
//
// The claim. To hold eight requests at once, one process with eight threads needs at most a third of
// the memory of eight processes.
//
// The theory. With M₀ for the arbiter and what is shared, m for a worker process (its own part plus
// the app's memory A) and m_t for a thread,
//
//	ratio = (M₀ + m + 8·m_t) / (M₀ + 8·m)
//
// which falls towards 1/8 as the app grows and rises towards 1 as m vanishes beside M₀. So the answer
// may depend on the app: an app that holds nothing and one that holds 32 MiB are two strata, declared
// beforehand.
//
// What is measured. PSS of the whole process tree while all eight requests wait in the server (500 ms
// each, sent again at once), for 8×1 sync, 1×8 and 2×4 gthread, and one gevent worker with eight
// coroutines. The cost of a thread, which stands beside the verdict, is the slope of PSS on the number of
// busy threads; in Go a thread holds a share of the runtime's allocation caches. Equal
// concurrency is not equal throughput once requests compute (see gil-cpu); here they only wait, and
// the throughput is compared too.
package threadsmemory
