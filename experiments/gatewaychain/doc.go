// Package gatewaychain: a web server in front costs what a request of its own does, and no more.
//
// The claim. nginx in front of a gunicorn worker ({single}), both on one core, adds less than {delay} to the
// median response and less than {cpu} of CPU to a request that does nothing, and less than {share} % to both of
// one that computes {computes}.
//
// What is said. gunicorn's documentation (Deploying Gunicorn) strongly recommends a proxy in front of it, nginx
// above others; that every request then takes another hop is the usual doubt.
//
// The theory. What nginx does for a request does not depend on what the application does: it reads the request,
// opens a connection to gunicorn, writes the request to it, reads the answer and writes that. Let this take g,
// what the kernel does for the second connection included. On one core one after the other works, so that of a
// request that costs h + D without nginx
//
//	response and CPU time are (h + D + g) / (h + D) = 1 + g/(h + D)
//
// times what they were: the more an application does, the less the chain matters. Clients that keep the core
// busy are served 1/(h + D + g) times a second instead of 1/(h + D). Where the connection to gunicorn is kept,
// g is less by what opening it costs.
//
// What is measured. The median response time and the CPU time per request with and without nginx, of {one}
// client; and the throughput of {eight}, told beside what the CPU time lets expect, which the fastest servers
// do not reach since the generator's core is busy before theirs. A connection per request, one core for all of
// the server; requests that compute {works}, in the quick profile not all of these. Secondary, and no part of
// the claim: gunicorn {pool}, to which nginx keeps its connections; uWSGI, to which nginx speaks uwsgi over a
// socket file; our own server; and mod_wsgi, which has its web server built in. CPU time with nginx is that of
// all processes, without it the workers', whose arbiter hardly works. nginx buffers answers and bodies and
// keeps slow clients away from the workers: what that is worth, the claim slow-clients tells.
package gatewaychain
