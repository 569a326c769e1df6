// Package backlogoverflow: beyond the backlog the client gets an error.
//
// The claim. Of the clients that connect while the listener's backlog is full, at least {least} % get an error:
// what is said, put to the test mildly.
//
// What is said. gunicorn's documentation (Settings, backlog): a client beyond it gets an error when it tries to
// connect.
//
// The theory. The backlog bounds the connections that the kernel has completed and nobody has accepted: one
// more than that on Linux, and another is being served, so that of B clients at once B less K and those two
// find it full. What the kernel does with those is its own affair. Linux drops the first packet of a handshake
// that it has no place for and says nothing; the client's kernel takes it for lost and sends it again, {retry}
// later, and then at longer and longer gaps. So the client does not get an error, it gets in late, by whole
// seconds:
//
//	response = n · {retry} + the queue it then meets
//
// It learns of a refusal only where tcp_abort_on_overflow is switched on (it is off unless somebody set it), or
// when its own patience ends: each retry finds room for no more than that, so that those who come as n times as
// many need n of them, and they come further and further apart. Where many try again in the same instant, some
// are told that they are connected and lose their place all the same: their requests are repeated fractions of
// a second later. So time the response, not the connect.
//
// What is measured. One sync worker with a backlog of {backlogs} gets a burst of {bursts} requests of {work} at
// once, so that all of them together are served within {prompt}; clients wait {patience}. Counted are failures
// of any kind in the bursts that exceed their backlog against the clients beyond it, with an exact interval
// over all runs; the interval has to lie above {least} % or below. A burst of {crowd} on a backlog of {little},
// in the standard profile, is a stratum of its own: the claim may fail for those who are a little beyond the
// backlog, and hold for those who are far beyond it. Secondary: how many were answered within {prompt}, which
// are those that find room if the theory holds, and how many of the others took longer than {retry}, when the
// kernel tries again. Times count from the actual send.
package backlogoverflow
