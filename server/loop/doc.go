// Package loop is an event loop on one thread: it pulls connections as coroutines and parks each at
// its demand until the kernel or a timer meets it. gevent, eventlet, tornado and asgi workers are
// this loop with different manners (Options).
//
// Guarantees: a coroutine runs until it demands something that is not there yet, and nothing else runs
// meanwhile, so CPU work delays every connection of the worker; but transfers in a row end with a fair
// share, so that no client holds the loop by being fast; deadlines hold to the kernel's timer
// precision; a descriptor is registered once, edge-triggered; unless it fails, Serve returns with every
// coroutine finished and every descriptor it opened closed.
package loop
