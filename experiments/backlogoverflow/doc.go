// Package backlogoverflow: beyond the backlog the client gets an error.
//
// The claim. It is put to the test as it is said, and mildly: of the clients that find the listener's
// backlog full, at least one in twenty gets an error.
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
// its own patience ends: each retry finds room for K + 2, so that those who come as n times as many need n of
// them, and they come further and further apart. Where many try again in the same instant, some are told that they are connected
// and lose their place all the same: their requests are repeated 0.2, 0.4 and 0.8 s later. So time the
// response, not the connect.
//
// What is measured. One sync worker with a backlog of 8, 64 or 256 gets a burst of 40 or 128 requests
// of 3 ms at once, so that all of them together are served in less than half a second; clients wait 20 s.
// Counted are failures of any kind in the bursts that exceed their backlog against the clients beyond it,
// with an exact interval over all runs; the interval has to lie above 5 % or below. A burst of 128 on a
// backlog of 8, in the standard profile, is a stratum of its own: the claim may fail for those who are a
// little beyond the backlog, and hold for those who are far beyond it. Beside it stand how many were answered within
// 0.6 s, which is K + 2 if the theory holds, and how many of the others took longer than the second after
// which the kernel tries again. Times count from the actual send.
package backlogoverflow
