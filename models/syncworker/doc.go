// Package syncworker is gunicorn's sync worker: one request at a time, from accept to close.
//
// Claim: simple and isolated. A worker that waits serves nobody else, so W workers serve W requests at
// once and no more; the next idle worker takes the next connection from the kernel's one queue, so no
// request waits while a worker is idle.
//
// Theory: one queue, W servers, each alternating between a wait I and a share of C cores for D:
// M/G/W with nested processor sharing. At saturation X(W) = G(W−1)/G(W) (package queueing), at most
// min(C/D, W/(D+I)).
//
// As gunicorn does it (gunicorn/workers/sync.py): accept until nobody waits, then sleep for half the
// timeout at most; never keep-alive, every response says Connection: close; one heartbeat a turn, so
// the timeout covers reading, the app and writing, and a slow request gets the worker killed.
//
// Differs from gunicorn: a request's head has a deadline of its own (--header-timeout 0 turns it off),
// and a close waits for the client's FIN only where request bytes are unread (--linger: always).
package syncworker

import _ "embed"

//go:embed doc.go
var doc string
