// Package task is the one idea of workerlab: a handler is an iterator of demands.
//
// What distinguishes worker models is how they wait. So a handler never waits itself: it yields what
// it needs next (CPU work, a wait, bytes moved over a stream), and the worker model decides what that
// means. Handlers read like ordinary blocking Go and run unchanged under every model:
//
//	reading        how the task is consumed                            who does it
//	blocking       pushed into an executor that performs each demand   sync, gthread
//	coroutine      pulled; the loop parks it until the demand is met   gevent, eventlet, asgi
//	blocked loop   connection pulled, handler pushed inside the loop   tornado
//	virtual time   pushed once into a recorder of steps                simulation, closed forms
//
// Guarantees: a demand allocates nothing; after a yield that returns false every later demand
// returns ErrStopped without yielding. The package imports neither os nor net, so it also builds for
// a browser.
package task
