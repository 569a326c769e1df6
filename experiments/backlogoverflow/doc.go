// Package backlogoverflow: beyond the backlog the client gets an error.
//
// The claim. It is put to the test as it is said: of the clients that find the listener's backlog full,
// most get an error.
//
// The theory. The backlog bounds the connections that the kernel has completed and nobody has accepted:
// K + 1 of them on Linux, one more being served, so that of B clients at once B − K − 2 find it full.
// What the kernel does with those is its own affair. Linux drops the first packet of a handshake that it
// has no place for and says nothing; the client's kernel takes it for lost and sends it again, a second
// later, then at 2, 3, 4, 5 and 7 s (before Linux 6.5 at 3 and 7 s). So the client does not get an error,
// it gets in late, by whole seconds:
//
//	response = n s + the queue it then meets
//
// It learns of a refusal only where tcp_abort_on_overflow is 1 (it is 0 unless somebody set it), or when
// its own patience ends. A connection may also look open to the client whose last acknowledgement was
// dropped: time the response, not the connect.
//
// What is measured. One sync worker with a backlog of 8, 64 or 256 gets a burst of 40 or 128 requests
// of 5 ms at once, so that a full backlog is served within half a second; clients wait 20 s. Counted are
// failures of any kind against the clients beyond the backlog, with an exact interval over all runs; the
// claim is refuted if that share lies below 5 %, supported if above a half. Beside it stand how many were
// answered at once, and what share of the late ones came in the first half of a whole second.
package backlogoverflow
