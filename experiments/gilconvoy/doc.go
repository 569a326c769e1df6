// Package gilconvoy: threads that compute delay one that waits by more than a switch interval each.
//
// The claim. Let k requests compute under the interpreter lock, whose switch interval is s, beside
// short requests that wait 10 ms. The median of the short ones grows in proportion to k·s, with a
// slope above 1 and at most 10; and with one hog, s = 20 ms delays them at least 5 times as long as
// s = 1 ms.
//
// The theory. A thread that wants the lock waits the switch interval, then asks for it, and the holder
// gives way at its next check. If k hogs stand in line, each has its turn first. So a request pays k·s,
// and it pays as often as it must wait for the lock:
//
//	Δ = m·k·s, m ≤ lock acquisitions per request
//
// Whatever may block lets the lock go, and takes it again: reading, waiting, writing. A hog that is there
// uses the gap (the convoy effect: Beazley, Understanding the Python GIL, 2010). A gap too short for
// the hog to wake costs nothing, so that m is less than the acquisitions. On one core, where the hog must
// get the core before it gets the lock, about two of the six here remain: the one that begins the request
// and the one after its wait. gunicorn's gthread, which also accepts and hands connections over under
// the lock, measured m of 5 to 6. The naive estimate, one hand-over a request, is m = 1.
//
// What is measured. 25 requests a second of 10 ms waiting under gthread 1×8 with the lock, each on a
// connection of its own, beside k clients whose requests compute 500 ms, one after the other; one core
// for the server. Their median less that without hogs, against k·s: a line through the origin, every
// run a point. Requests that overlap share hand-overs, which lowers m where delays are long. Beside
// it: how often a short request takes the lock when no hog is there.
package gilconvoy
