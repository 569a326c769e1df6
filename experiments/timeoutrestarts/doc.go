// Package timeoutrestarts: a worker that is silent for longer than the timeout is killed and replaced.
//
// The claim. With a timeout t of {timeout}, a request that keeps its worker from giving a sign of life for
// {busy} gets that worker killed between t − b and t + {ending} after it was sent, b being the age of the
// worker's last sign of life (none under sync, up to {oldest} under an event loop), and is never answered; the
// clients of the other worker lose nothing. A gthread worker is never killed, and with the timeout switched off
// nobody is.
//
// What is said. gunicorn's documentation (Settings, timeout): workers silent for longer than that, {default} by
// default, are killed and restarted; zero turns it off.
//
// The theory. Every worker leaves a heartbeat in memory that it shares with the arbiter, which kills a worker
// whose last beat is older than t. So the timeout asks not how long a request takes but what the class still
// does meanwhile. sync beats when it takes a connection, then not before it has answered: whatever takes longer
// than t kills it, be it reading, waiting, computing or writing. A loop beats at every turn and at least once
// in {oldest} (ours also twice in a timeout), so a wait that yields does it no harm; a computation does, and
// under tornado, which runs a WSGI app in the loop itself, a wait does as well. gthread's main thread beats
// whatever its pool is stuck in. A kill is SIGABRT, then SIGKILL {abort} later:
//
//	t − b < kill ≤ t + {abort} + the worker's exit
//
// Our loops beat at the turn that takes the request, so that their b is near zero, and our arbiter looks when a
// beat is due, not once a second: the window is gunicorn's, which ours must fall into as well.
//
// What is measured. Servers with {workers} workers each get a lone request of {busy}, once a wait and once a
// computation, {times} times the timeout so that foreign load cannot decide; it is sent at a drawn moment of a
// second, so that b may be anything. Read are the moment at which the arbiter reaps a worker, what becomes of
// the request, and how many of the other clients, {rate} requests a second, fail. {exit} are allowed for the
// exit. Every replica has to fall where the theory says. One that does not leaves the claim undecided, for the
// host may be its cause; two under the same class refute it. Of each kind {least} runs are needed at least.
// Timeouts of {others} (standard profile) shift the window by as much: a secondary result, of which the claim
// does not speak. Servers that wait run all at once, and so do those that compute, on the two cores.
package timeoutrestarts
