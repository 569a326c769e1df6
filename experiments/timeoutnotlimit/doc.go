// Package timeoutnotlimit: the timeout limits how long a request may take.
//
// The claim. With a timeout of {timeout}, a request that takes {busy} is never answered, whatever the worker
// class: the timeout as it is commonly understood, put to the test.
//
// What is said. The timeout is often taken for the longest that a request may last; gunicorn's documentation
// (Settings, timeout) says that for classes other than sync it only means that the worker still shows signs of
// life.
//
// The theory. The timeout asks when a worker last showed that it lives. Whether a slow request keeps it from
// doing so is a matter of the class. A sync worker has one thread and shows nothing before it has answered;
// tornado runs a WSGI app in its loop, which stands still meanwhile: for these two the sentence is true.
// gthread has a main thread beside its pool, and gevent, eventlet and asgi hand a waiting request back to their
// loop: such workers look alive however long the request waits, and it is answered when it is done. A request
// that computes holds the loop but not gthread's main thread, so under the event loops it depends on the
// request as well. Whoever wants to bound requests has to do it in the app, or in the server in front.
//
// What is measured. The same lone requests as in timeout-restarts: servers of {workers} workers, one request
// that waits {busy} and one that computes {busy}, and whether it was answered with success. The claim is judged
// by those that wait, class by class: it holds for a class if none of its requests was answered, fails if all
// were, and is left open if some were or if there were fewer than {least}. The counts are reported with exact
// intervals.
package timeoutnotlimit
