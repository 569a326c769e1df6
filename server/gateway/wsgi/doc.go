// Package wsgi serves a WSGI application (PEP 3333), such as Django's or Flask's, under any worker class
// that can have a blocking app: sync, gthread, gevent, eventlet and tornado.
//
// Each worker process has a Python interpreter of its own, its child. The worker parses HTTP, keeps
// clients and times; the interpreter runs bridge.py, which stands in this package, and calls the
// application. Between the two are channels, pairs of pipes that nobody else can use, on which one exchange
// follows the other:
//
//	class              channels at most   in the interpreter
//	sync               1                  the main thread
//	gthread            threads            a thread each, under CPython's own lock
//	gevent, eventlet   connections        a greenlet each, after monkey-patching
//	tornado            1                  the main thread; the event loop waits for it
//
// So what a worker waits for while the application computes or waits is a demand like any other, and
// which requests wait with it is decided by the class, as for the built-in app.
//
// Guarantees:
//
//   - Bodies are not spooled. Of a request's the interpreter gets what the application reads, when it
//     reads, so an application that reads nothing cannot deadlock; of a response's every block is sent on
//     before the next is taken.
//   - An exception of the application is logged with its traceback and answered by 500, or cuts the
//     connection where the head has left; SystemExit is one. An interpreter that dies ends its worker,
//     which the arbiter replaces, and costs it the requests in flight (502).
//   - An interpreter does not outlive its worker (PR_SET_PDEATHSIG, by the main thread).
//
// Where it departs from gunicorn: header fields with an underscore in their name are dropped, as by
// gunicorn from 22 on; the application's reason phrase is not sent, nor are its Date and Server fields.
package wsgi
