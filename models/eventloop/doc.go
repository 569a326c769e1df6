// Package eventloop is the tornado and asgi workers: one event loop, and an app that awaits in it
// (asgi) or that blocks it (tornado as gunicorn runs a WSGI app).
//
// Claim: the loop gives concurrency only to an app that awaits. A WSGI app under tornado is called
// inside the loop and returns when it is done, so each of its waits stalls every connection of the
// worker: W workers serve W requests at once, as under sync, but from W private queues.
//
// Theory: asgi saturates at min(W,C)/D like a coroutine worker; tornado with a blocking app is the
// sync worker's closed network, X(W) = G(W−1)/G(W) (package queueing), at most min(C/D, W/(D+I)).
//
// As gunicorn does it (gunicorn/workers/gtornado.py): the loop accepts all that wait, and reads requests
// and writes responses without blocking, so a slow client stalls nobody; the heartbeat comes from the
// loop, so an app that blocks it for the timeout gets the worker killed.
//
// Differs from gunicorn: a head, once begun, has a deadline (--header-timeout 0 turns it off). The app
// gets its body as it arrives, where tornado collects it first, so that it has begun while its client
// is still sending. Keep-alive is on or off there; here an idle connection is kept for the keep-alive
// time. A worker holds worker-connections at most.
package eventloop

import _ "embed"

//go:embed doc.go
var doc string
