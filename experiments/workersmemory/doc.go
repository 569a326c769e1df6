// Package workersmemory: more workers take more memory, each its own.
//
// The claim. Each further worker process adds at least 90 % of what the app holds (32 MiB here) to
// the server's proportional memory.
//
// The theory. A process tree's proportional set size (PSS: each page divided by the number of
// processes that map it) is a straight line in the number of workers,
//
//	PSS(W) = M₀ + W·m,   m = m_w + A
//
// where M₀ is the arbiter and what is shared, m_w a worker without an app, and A the app's private
// memory. The kernel's documentation of /proc/PID/smaps_rollup defines PSS. The sum of resident set
// sizes, which top shows, counts every shared page once per process and so overstates.
//
// What is measured. PSS, USS and RSS of the whole tree after every worker has answered some requests
// and PSS has come to rest, without preload. A is found as the slope on W of the difference between
// a server whose app holds 32 MiB and one whose app holds nothing; it is compared with 32 MiB.
package workersmemory
