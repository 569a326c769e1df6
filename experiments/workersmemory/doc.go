// Package workersmemory: more workers take more memory, each its own.
//
// The claim. Each further sync worker adds at least {least} % of the app's private memory ({app} MiB here) to
// the server's proportional memory, PSS.
//
// What is said. Introductions to gunicorn say that each worker has a memory space of its own, so that more
// workers take more memory; guides to hosting, Heroku's among them, warn of it.
//
// The theory. A process tree's proportional set size (PSS: each page divided by the number of processes that
// map it) is a straight line in the number of workers,
//
//	PSS(W) = M₀ + W·m,   m = m_w + A
//
// where M₀ is the arbiter and what is shared, m_w a worker without an app, and A the app's private memory. The
// kernel's documentation of /proc/PID/smaps_rollup defines PSS. The sum of resident set sizes, which top shows,
// counts every shared page once per process and so overstates.
//
// What is measured. PSS, USS and RSS of the whole tree after every worker has answered some requests and PSS
// has come to rest, without preload. A is found as the slope on W of the difference between a server whose app
// holds {app} MiB and one whose app holds nothing; it is compared with {app} MiB.
package workersmemory
