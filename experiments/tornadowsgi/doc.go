// Package tornadowsgi: tornado gives asynchrony only to an application that awaits.
//
// The claim. For requests that only wait ({wait}), {workers} asgi workers, whose application awaits, serve
// at least {least} times as many as {workers} tornado workers with a WSGI application, which blocks. Those
// serve what {workers} sync workers do and what W/(D+I) says, both within {margin} %.
//
// What is said. Introductions to gunicorn list tornado among the worker classes that bring asynchronous
// handling to an application.
//
// The theory. An event loop serves other requests while one of them awaits. A WSGI application cannot await: it
// is a function that returns when it is done. Called by the loop, it stands in the loop's way for D of work and
// I of waiting alike, so that W workers serve
//
//	X = W/(D+I)
//
// as sync workers do. Where the application awaits, the wait I costs the loop nothing, and N clients are served
// at min(N/(D+I), C/D) on C cores.
//
// What is measured. Throughput of {workers} workers each of tornado, sync, asgi and, secondary, gevent;
// {clients} clients, a connection per request, one core for the server. D is the tornado workers' CPU time per
// request, I the {wait} asked for. This tornado is gunicorn's worker with a WSGI application in it; an
// application written for tornado's own handlers is the asgi case.
package tornadowsgi
