// Package slowclients: without a buffering proxy, slow clients starve a server.
//
// The claim. Clients that take 5 s to send the head of a request leave everybody else untouched while
// they are fewer than the requests the server can hold in hand, W·T, and stall everybody once they are
// as many: with W·T = 4 the median answer to the others takes at most 1.5 times as long with three of
// them as with none, and more than a second with four or with eight. This holds for four sync workers and
// likewise for one gthread worker with four threads; under one gevent worker even eight change nothing.
//
// The theory. A blocking worker reads a request with the thread that is to serve it. While the head
// trickles in, that thread does nothing else, so K slow clients leave W·T − K. The others need only
// 20·(0.01 s) = 0.2 of one: one thread is enough, none is not. Nothing degrades gradually: there is a
// cliff at K = W·T. Beyond it the others wait until the heads are complete, half of the 5 s on average.
// An event loop keeps a half-sent head in memory, which costs it no thread. A proxy in front that passes
// requests on only when they are whole has the same effect, which is why one is recommended.
//
// What is measured. 20 requests a second, evenly spaced, each waiting 10 ms on a connection of its own;
// beside them 0, 3, 4 or 8 slow clients, each beginning anew when it is through; the median of the
// response times of all others planned, those unanswered counted at the end. All servers run at once:
// they hardly work, so what disturbs one disturbs the one it is compared with. Our server bounds a head
// by 30 s (--header-timeout), gunicorn does not: there a sync worker is held until its timeout kills it,
// a thread of gthread for as long as the client likes. The standard profile adds two more kinds of
// clients, and the verdict rests on neither. Some read an answer of 12 MB slowly. One of 1 MB would vanish
// in the kernel's socket buffers, and so do the last few megabytes of this one, so that its reader holds a
// thread for somewhat less than the 5 s. Others post: the head comes at once, and then a body of 100 bytes
// takes the 5 s. The handler reads it to the end, as one that is sent a form must. --header-timeout does
// not bound that, and in gunicorn nothing does but a sync worker's timeout.
package slowclients
