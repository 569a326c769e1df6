// Package gateway passes exchanges on to other programs: what CGI, FastCGI, SCGI, uwsgi and WSGI have in
// common. Each protocol is a folder below; each is a handler like any other, so it runs under every
// worker class, and what its program keeps the worker waiting for is a demand.
//
// All of them hand over the same thing, a request's meta-variables (RFC 3875 §4.1), and differ in how
// these are framed, in who starts the program, and in how often: for every request (CGI), once for many
// (FastCGI, SCGI, uwsgi), or once in each worker (WSGI).
//
// Failures of the program have the statuses of a gateway (RFC 9110 §15.6): 502 where it is absent or its
// answer makes no sense, 504 where it is silent for too long. Where the head of the response has left
// already, the connection is cut, so that no client takes half a response for a whole one.
package gateway
