// Package gatewaychain: a web server in front costs what a request of its own does, and no more.
//
// The claim. nginx is put in front of gunicorn (one sync worker), both on one core, and opens a connection
// to it for each request. To a request that does nothing this adds less than 1 ms to the median response
// time and less than 200 µs of CPU time; to one that computes 5 ms it adds less than 5 % of either.
//
// The theory. What nginx does for a request does not depend on what the application does: it reads the
// request, opens a connection, writes the request to it, reads the answer and writes that. Let this take g,
// what the kernel does for the second connection included. On one core one after the other works, so that
// of a request that costs h + D without nginx
//
//	response and CPU time are (h + D + g) / (h + D) = 1 + g/(h + D)
//
// times what they were: the more an application does, the less the chain matters. Clients that
// keep the core busy are served 1/(h + D + g) times a second instead of 1/(h + D). Where the connection to
// gunicorn is kept, g is less by what opening it costs.
//
// What is measured. The median response time and the CPU time per request with and without nginx, of one
// client; and the throughput of 8, told beside what the CPU time lets expect, which the fastest servers do
// not reach since the generator's core is busy before theirs. A connection per request, one core for all
// of the server; requests that do nothing and that compute 5 ms, in longer profiles 1 and 20 ms too. Beside
// gunicorn sync, and no part of the claim: gunicorn gthread 1×4, to which nginx keeps its connections;
// uWSGI, to which nginx speaks uwsgi over a socket file; our own server; and mod_wsgi, which has its web
// server built in. CPU time with nginx is that of all processes, without it the workers', whose arbiter
// hardly works. nginx buffers answers and bodies and keeps slow clients away from the workers: what that is
// worth, the claim slow-clients tells.
package gatewaychain
