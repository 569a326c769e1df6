// Package rig carries measurements out, and is the only place that does: NewSession makes the host ready,
// and Session.Run carries a plan of trials out and hands a record over for each run. How a figure is
// obtained so that it can be believed stands here once:
//
//   - Every run has a server of its own, or several of them as pods, started as a child process, probed
//     until it answers, warmed up over the connections that are then measured, and stopped whatever happens.
//   - Server and generator each have their own core (trial.Pin), or share two where parallelism is the
//     question (trial.Share). One contrast never mixes the two.
//   - The host gives evidence before, during and after each run: steal, CPU used by others, and how long a
//     fixed piece of work takes. A tainted run is kept, marked invalid and run again, three tries in all.
//     Latency never decides that.
//   - Servers that hardly work and are watched for seconds run all at once (Trial.Together), each with its
//     own load and record. The evidence is then that of the whole batch.
//   - When workers start and end is read off the arbiter's log, by its own clock.
//   - CPU demands are work, not time: the host's speed is measured once a session on an idle core and
//     handed to every server, so that all of them mean the same work.
package rig
