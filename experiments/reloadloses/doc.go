// Package reloadloses: a reload loses no request.
//
// The claim. HUP under full load loses no request of clients that never try again, whether they keep their
// connections or open one for each request, under sync, gthread and gevent: none of thousands, so that with
// {confidence} % confidence fewer than {most} % are lost.
//
// What is said. gunicorn's documentation (Signal Handling): on HUP the arbiter starts workers with the new
// configuration and lets the old ones finish gracefully.
//
// The theory. The listener belongs to the arbiter, so that what waits in its backlog belongs to no worker and
// survives any of them. HUP starts the new workers first and then asks the old ones to leave. A worker that
// leaves must take three steps, or requests die with it. It finishes what it has begun. It accepts once more
// before it drops the listener, for a wake-up that it has consumed will wake nobody else. And it tells the
// client of every connection that it keeps open, with its next answer, that this is the last one (Connection:
// close); a connection closed while a request is on its way to it is a lost request. Idle connections it leaves
// open for the keep-alive time.
//
// What is measured. {clients} clients, each sending its next request when it has the answer to the last;
// requests wait {wait}; {signal} into the window the arbiter gets a HUP. Servers: {forked}, which knows no
// keep-alive, {threads} and {loop}; in the standard profile, secondary, eventlet, asgi and tornado, which the
// claim does not name. The generator never sends a request a second time, so a failure of any kind counts as
// lost. A class loses requests if that happens in two reloads or to more than {most} % of its requests; a loss
// seen once settles nothing, for the host may be its cause. Where classes differ, the verdict is that it
// depends. A run in which nothing was lost counts only if every old worker had ended within a second after the
// load; how long that took is told. A loss counts either way.
package reloadloses
