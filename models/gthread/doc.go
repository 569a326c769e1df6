// Package gthread is gunicorn's threaded worker: one thread that accepts, a pool of T threads that
// serve.
//
// Claim: threads are the cheap concurrency for an app that waits, since they share the worker's memory;
// they do not speed a computation, since they share the interpreter lock too.
//
// Theory: W private queues, because a worker keeps what it has accepted, T servers each, one lock inside.
// At saturation at most min(min(W,C)/D with the lock or C/D without, W·T/(D+I)); below, the closed
// network of package queueing with n = W·T and as many cores as the lock lets compute at once.
//
// As gunicorn does it (gunicorn/workers/gthread.py): the main thread polls and accepts up to
// worker-connections even while every thread is busy, so four workers of one thread each make requests
// wait that an idle worker could have served; a new connection goes to a thread at once, which then
// waits for the request's bytes; after a response the connection is parked in the poller for the
// keep-alive time, unless worker-connections − threads are parked already; the main thread beats, so a
// stuck handler is not killed.
//
// The pool's queue is the kernel's: the threads wait in a second epoll whose ready list they share, each
// connection registered one-shot. A hand-off through Go's scheduler would cost 10 to 20 µs a request.
//
// Differs from gunicorn: a head has a deadline (--header-timeout 0 turns it off and lets T clients that
// send half a head hold all T threads).
package gthread

import _ "embed"

//go:embed doc.go
var doc string
