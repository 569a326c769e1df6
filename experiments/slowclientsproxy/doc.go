// Package slowclientsproxy: nginx in front keeps slow clients away from the workers.
//
// The claim. With four clients that take 5 s to send the head of a request, four sync workers behind nginx
// answer the others with a median below 2 times that without slow clients. Without nginx in front they
// leave them waiting for more than a second. That holds for our server and for gunicorn.
//
// The theory. A sync worker reads a request itself, so each slow client holds one, and as many as there are
// workers hold all: the others wait until the heads are complete, half of the 5 s on average (see
// slow-clients). nginx reads all its clients in an event loop, where a half-sent head costs memory and no
// worker. It opens a connection to a server behind when the head is there, and the body too, unless it is
// told to pass bodies on as they come. A worker then sees requests that are whole:
//
//	response = 10 ms + one more hop, however many dawdle
//
// On the way back nginx takes an answer off the worker's hands as fast as it is written, into memory and
// beyond that into a file, and lets the client read it as slowly as it likes. What it costs is that hop,
// and that who uploads for long learns late whether anybody wants it.
//
// What is measured. 20 requests a second, evenly spaced, each waiting 10 ms on a connection of its own;
// beside them no slow clients or four; the median of the response times of all others planned, those
// unanswered counted at the end. Four servers: ours and gunicorn with four sync workers each, both by
// themselves and behind an nginx of one process in its own settings, on the same core. All run at once: they
// hardly work. gunicorn's timeout is its own, 30 s, which 5 s do not reach. The standard profile adds clients
// that read an answer of 12 MB slowly, and clients that send a body of 100 bytes slowly; the verdict rests on
// neither. Where a server is not installed its part is missing, and the claim cannot be supported.
package slowclientsproxy
