// Package metrics shows a scoreboard to others: as Prometheus metrics at /metrics and as JSON at
// /scoreboard.
//
// A reading never touches a worker: everything comes from the memory that workers share with the
// arbiter. Counters belong to a worker process (labels slot and pid) and vanish with it, so sums over
// a server fall when a worker is replaced; use rate(), which takes a fall for a reset.
package metrics
