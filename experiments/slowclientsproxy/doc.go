// Package slowclientsproxy: nginx in front keeps slow clients away from the workers.
//
// The claim. With {room} clients that take {dawdling} to send the head of a request, {room} sync workers behind
// nginx answer the others with a median below {untouched} times that without slow clients; without nginx in
// front they leave them waiting for more than {stalled}. This holds for workerlab and for gunicorn.
//
// What is said. gunicorn's documentation (Deploying Gunicorn) strongly advises a proxy server in front, nginx
// for choice, which buffers slow clients.
//
// The theory. A sync worker reads a request itself, so each slow client holds one, and as many as there are
// workers hold all: the others wait until the heads are complete, half of the {dawdling} on average (see
// slow-clients). nginx reads all its clients in an event loop, where a half-sent head costs memory and no
// worker. It opens a connection to a server behind when the head is there, and the body too, unless it is told
// to pass bodies on as they come. A worker then sees requests that are whole:
//
//	response = {wait} + one more hop, however many dawdle
//
// On the way back nginx takes an answer off the worker's hands as fast as it is written, into memory and beyond
// that into a file, and lets the client read it as slowly as it likes. What it costs is that hop, and that who
// uploads for long learns late whether anybody wants it.
//
// What is measured. {rate} requests a second, evenly spaced, each waiting {wait} on a connection of its own;
// with them no slow clients or {room}; the median of the response times of all others planned, those unanswered
// counted at the end. Four servers: ours and gunicorn with {room} sync workers each, both by themselves and
// behind an nginx of one process in its own settings, on the same core. All run at once: they hardly work.
// gunicorn's timeout is its own, {timeout}, which {dawdling} do not reach. The standard profile adds clients
// that read an answer of {answer} MB slowly, and clients that send a body of {body} bytes slowly; the verdict
// rests on neither. Where a server is not installed its part is missing, and the claim cannot be supported.
package slowclientsproxy
