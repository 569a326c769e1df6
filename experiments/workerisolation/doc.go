// Package workerisolation: a worker that dies leaves the others serving.
//
// The claim. SIGKILL of one busy worker of {workers} loses at most the requests it had in its hands, not one of
// the others, and its slot is served again within {soon}.
//
// What is said. gunicorn's documentation (Design, Sync Workers) says that an error affects one request at most;
// introductions add that when a worker ends, the others go on serving.
//
// The theory. A dead process takes with it the connections it had accepted; those that nobody has accepted yet
// wait in the listener, which the arbiter and the other workers hold. At arrival rate λ a worker of W has
// λ·(D+I)/W requests in hand on average (Little), one with T threads of its own up to T of them. So isolation
// is worth what is not shared: one worker's threads lose all they have.
//
// What is measured. {rate} requests a second, evenly spaced, each waiting {wait} on a connection of its own;
// one worker less bears {bear}. At {at} of the window a worker with a request in flight is frozen, so that its
// requests and its accepted connections can be counted, and killed. Failed requests that were under way at that
// moment may be its own; any more of them than it had in its hands, and any failure of another request, count
// against the claim. gthread accepts ahead of its threads, so its hands are full: it loses more than it serves.
// When the slot has a process again, and when that one serves, is read off the scoreboard. Classes: sync,
// gthread and gevent, each of {workers} workers and with {least} kills at least; secondary, {lone}, where the
// one worker is all there is. One kill that costs more than it may leaves the claim undecided, for the host may
// be its cause; two under the same class refute it.
package workerisolation
