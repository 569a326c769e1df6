// Package experiments says what an experiment is and carries it out. An experiment is one claim about
// worker models as a falsifiable sentence, the trials that can decide it, and a judge: a pure
// function from the records to a verdict. Experiments only describe; how a figure is obtained so
// that it can be believed stands here once, for all of them:
//
//   - A trial is plain data (Trial). Trials that are equal are run once and serve every experiment
//     that asks for them.
//   - Trials run in randomised complete blocks (Plan): every cell of a group once in each block, in
//     an order drawn from a recorded seed. The run is the unit of every statistic, never the
//     request. Each group holds an A/A pair, two cells that differ in nothing.
//   - What is random in a load, its arrivals, demands and thoughts, is drawn from that seed and the
//     block, and not from the cell: all servers of a block are asked for the same.
//   - Every run has a server of its own, or several of them as pods, started as a child process, probed until it answers, warmed
//     up over the connections that are then measured, and stopped whatever happens.
//   - Server and generator each have their own core (Pin), or share two where parallelism is the
//     question (Share). One contrast never mixes the two.
//   - The host gives evidence before, during and after each run: steal, CPU used by others, and how
//     long a fixed piece of work takes. A tainted run is kept, marked invalid and run again, three
//     tries in all. Latency never decides that.
//   - Servers that hardly work and are watched for seconds run all at once (Together), each with its own
//     load and record. The evidence is then that of the whole batch.
//   - When workers start and end is read off the arbiter's log, by its own clock.
//   - CPU demands are work, not time: the host's speed is measured once a session on an idle core
//     and handed to every server, so that all of them mean the same work.
//
// Each folder below holds one claim: doc.go says it with its theory (the same text is the command's
// help), experiment.go its trials, judge.go its verdict and figures. Package catalog lists them.
package experiments
