// Package greenlet is gunicorn's gevent and eventlet workers: code in blocking style, every wait of
// which lets another coroutine run.
//
// Claim: one worker holds a thousand waiting requests for a few kilobytes each, because a waiting
// request is a parked coroutine and not a thread or a process. A computation is not a wait: while one
// coroutine computes, every other of its worker stands still.
//
// Theory: CPU segments first-come without preemption, waits are a pure delay, at most
// worker-connections requests at once: throughput at saturation is min(W,C)/D, however long the waits.
//
// As gunicorn does it (gunicorn/workers/ggevent.py, geventlet.py): gevent takes one connection a turn
// of its loop where there are several workers, so that an idle one can have the next, and eventlet all
// that wait; the keep-alive time also bounds the wait for a connection's first request; the worker
// beats every second, unless a computation holds the loop. Where the timeout is shorter than two
// seconds it beats twice in it, which gunicorn does not.
//
// Differs from gunicorn: a head, once begun, has a deadline (--header-timeout 0 turns it off);
// worker-connections bounds a worker, where gunicorn's pool is per listener; and a client that sends or
// reads as fast as it is served has to let others run after a share (package loop), where gevent's
// sockets yield only when they would block.
package greenlet

import _ "embed"

//go:embed doc.go
var doc string
