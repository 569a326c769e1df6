// Package timeoutnotlimit: the timeout limits how long a request may take.
//
// The claim. It is put to the test as it is commonly understood: with a timeout of 2 s, a request
// that takes 6 s is never answered.
//
// The theory. The timeout asks when a worker last showed that it lives. Whether a slow request keeps it
// from doing so is a matter of the class. A sync worker has one thread and shows nothing before it has
// answered; tornado runs a WSGI app in its loop, which stands still meanwhile: for these two the sentence
// is true. gthread has a main thread beside its pool, and gevent, eventlet and asgi hand a waiting
// request back to their loop: such workers look alive however long the request waits, and it is answered
// when it is done. A request that computes holds the loop but not gthread's main thread, so under the
// event loops it depends on the request as well. Whoever wants to bound requests has to do it in the app,
// or in the server in front.
//
// What is measured. The same lone requests as in timeout-restarts: servers of two workers, one request
// that waits 6 s and one that computes 6 s, and whether it was answered with a 200. The claim is judged
// by those that wait, class by class: it holds for a class if none of its requests was answered, fails
// if all were, and is left open if some were or if there were fewer than two. The counts are reported
// with exact intervals.
package timeoutnotlimit
