// Package proc reads from the kernel what processes use: memory, CPU time, context switches, and the
// host's own accounts; and what they are: command lines, parents, and who holds the socket at an address.
//
// What the figures mean:
//
//   - PSS divides each page by the number of processes that map it, so the PSS of a tree adds up to
//     what the tree costs. USS is what would be free if the process ended. RSS counts shared pages
//     once for every process: a sum of it overstates. All are of smaps_rollup (proc(5)).
//   - Usage.CPU is the process's CPU clock, in nanoseconds, threads that have ended included. User and
//     System are the same time split in the kernel's ticks of 10 ms.
//   - Context switches are sums over the threads that exist at the time; those of ended ones are lost.
//   - A tree misses children that have come and gone. Those that were waited for are in ReapedCPU; a Meter
//     counts those too that nobody waits for (CGI).
//
// It builds everywhere; without a /proc every reading is an error.
package proc
