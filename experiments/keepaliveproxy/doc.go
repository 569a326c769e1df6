// Package keepaliveproxy: behind a proxy, the server's keep-alive has to outlast the proxy's.
//
// The claim. Behind a load balancer, it is said, a longer keep-alive is wise. What decides is who closes
// first. Where nginx keeps idle connections to gunicorn for longer (U) than gunicorn does (G), POSTs that
// come several at once, at gaps near G, are answered 502: at least 1 in 1000. Where gunicorn keeps them
// longer, G > U, none is: none of thousands, fewer than 1 in 1000 with confidence.
//
// The theory. Either side may close an idle connection at any time, without asking. Who sends on it at that
// moment meets a reset. nginx then sends a GET again on another connection, but not a POST, which may have
// been carried out, so its client gets 502. gunicorn's gthread closes when its loop comes round: whenever a
// request wakes it, and at the latest after a second, it looks which connections have something to read,
// hands those to its threads, and closes all others that have been idle for G. A request that comes alone
// is what wakes the loop, so the loop has seen it. Of several it sees those that are there; the others come
// while it hands out the first ones, and are lost with their connections. So of N that come at once after a
// gap Z the share
//
//	P(Z > G) · L/N
//
// is answered 502, where L is how many nginx passes on between the loop's look and its closing. Theory does
// not know L: it is up to the scheduler, and grows with what the loop has to do. Where nginx closes first
// there is nothing to lose, since it knows what it closed itself: if G > U the share is zero.
//
// Requests that come one by one hardly meet the race. nginx takes the idle connection that was used last: in
// a steady stream that one is never idle for long, and of those beneath it, which only a chance crowd needs,
// few are taken again just when their time is over.
//
// What is measured. One gthread worker with 16 threads behind nginx, both on one core. A hundred POSTs of
// 4 ms come at once, again and again for 20 s, at gaps of 1 or 2 s ± 10 %, drawn: near G where that is the
// shorter time (G = 1 or 2 s, U = 60 s). Against those stand U = 1 s before G = 2 s, which differs from its
// sibling in U only; U = 2 s before G = 4 s, at gaps of 2 s, just when nginx closes; and 60 s before 75 s, as
// is often advised. Counted are answers 502 among the POSTs. Requests that come at once share their luck,
// so the run is the unit, and where all runs agree the interval is the exact one of all requests; it has to lie
// above 1 in 1000 or below, and one run that lost some where none should settles nothing. Told beside it,
// and not judged: both times 2 s; and for G = 1 s, U = 60 s the same with GETs, and as many POSTs that come
// each by itself, at random (Poisson). All servers run at once, since they hardly work.
package keepaliveproxy
