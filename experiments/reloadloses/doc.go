// Package reloadloses: a reload loses no request.
//
// The claim. HUP under full load loses no request, under sync, gthread and gevent, whether the clients
// keep their connections or open one for each request, though they never try again: none of thousands,
// so that with 95 % confidence fewer than one in a thousand are lost.
//
// The theory. The listener belongs to the arbiter, so that what waits in its backlog belongs to no
// worker and survives any of them. HUP starts the new workers first and then asks the old ones to leave.
// A worker that leaves must take three steps, or requests die with it. It finishes what it has begun. It
// accepts once more before it drops the listener, for a wake-up that it has consumed will wake nobody
// else. And it tells the client of every connection that it keeps open, with its next answer, that this
// is the last one (Connection: close); a connection closed while a request is on its way to it is a lost
// request. Idle connections it leaves open for the keep-alive time.
//
// What is measured. Eight clients, each sending its next request when it has the answer to the last;
// requests wait 1 ms; 0.3 s into the window the arbiter gets a HUP. Servers: four sync workers, which know
// no keep-alive, two gthread workers with four threads and two gevent workers; in the standard profile
// eventlet, asgi and tornado are told beside the claim, which does not name them. The generator never
// sends a request a second time, so a failure of any kind counts as lost. A class loses requests if that
// happens in two reloads or to more than one request in a thousand; a loss seen once settles nothing, for
// the host may be its cause. Where classes differ, the verdict is that it depends. A run in which nothing
// was lost counts only if every old worker had ended within a second after the load; how long that took is
// told. A loss counts either way.
package reloadloses
