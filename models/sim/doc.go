// Package sim is a server in virtual time: clients, the kernel's backlog, worker processes of any class on
// shared cores, and what the clients see. It is driven by the same schedules and demands as the real server
// (packages loadgen/arrival and server/task), and builds for a browser.
//
// One station stands for all classes; what distinguishes them is their Discipline (package models), which
// stands beside each real worker. In it, most important first:
//
//   - Who gets a connection. A worker that accepts only when it is idle takes the next one from the
//     kernel's one queue; the others are all woken, race for it, and keep what they have got in a queue of
//     their own. How unequal they are in that race (Config.Bias) is drawn anew for each replication, as it
//     differs from start to start of a real server.
//   - Which core computes what. Each core has a queue of its own, as Linux has them (des.Scheduled), or all are
//     shared equally at every instant (des.Cores) where that is asked for (spec.Ideal). Clients on the same
//     machine compute there too.
//   - The interpreter lock is handed on when its holder waits, or when somebody has waited for it as long as
//     the switch interval, in the order in which CPython's is (type lock says which; package giltest has traces).
//     A request takes it several times (Config.Acquisitions); what is no work needs no lock.
//   - An event loop's work is done stretch by stretch, and accepting is one of them.
//   - Connections cost something to accept, are kept or not, and may expire; a full backlog lets a client try
//     again after 1, 2, 3, 4, 5, 7 and 11 s (Linux from 6.5 on: tcp_syn_linear_timeouts).
//   - A worker that is silent for the timeout is killed with all it holds, and one that has served its
//     max-requests is replaced; both boot, which takes work.
package sim
