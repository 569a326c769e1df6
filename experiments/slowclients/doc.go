// Package slowclients: without a buffering proxy, slow clients starve a server.
//
// The claim. Clients that take {dawdling} to send the head of a request leave everybody else untouched while
// they are fewer than the requests the server can hold in hand, and stall everybody once they are as many: with
// room for {room} the median answer to the others takes at most {untouched} times as long with {fewer} of them
// as with none, and more than {stalled} with {room} or with {crowd}. This holds for sync and gthread; under one
// gevent worker even {crowd} change nothing.
//
// What is said. gunicorn's documentation (Deploying Gunicorn) urges a proxy such as nginx in front, one that
// buffers slow clients: without it the default workers are easily kept from serving anybody.
//
// The theory. A blocking worker reads a request with the thread that is to serve it. While the head trickles
// in, that thread does nothing else, so K slow clients leave W·T − K. The others need only {busy} of one: one
// thread is enough, none is not. Nothing degrades gradually: there is a cliff at K = W·T. Beyond it the others
// wait until the heads are complete, half of the {dawdling} on average. An event loop keeps a half-sent head in
// memory, which costs it no thread. A proxy in front that passes requests on only when they are whole has the
// same effect, which is why one is recommended.
//
// What is measured. {rate} requests a second, evenly spaced, each waiting {wait} on a connection of its own, to
// {forked}, {threads} and {loop}; with them no slow clients, or {fewer}, {room} or {crowd}, each beginning anew
// when it is through; the median of the response times of all others planned, those unanswered counted at the
// end. All servers run at once: they hardly work, so what disturbs one disturbs the one it is compared with.
// Our server bounds a head (--header-timeout), gunicorn does not: there a sync worker is held until its timeout
// kills it, a thread of gthread for as long as the client likes. The standard profile adds two more kinds of
// clients, and the verdict rests on neither. Some read an answer of {answer} MB slowly. A smaller one would
// vanish in the kernel's socket buffers, and so do the last few megabytes of this one, so that its reader holds
// a thread for somewhat less than the {dawdling}. Others post: the head comes at once, and then a body of
// {body} bytes takes the {dawdling}. The handler reads it to the end, as one that is sent a form must.
// --header-timeout does not bound that, and in gunicorn nothing does but a sync worker's timeout.
package slowclients
