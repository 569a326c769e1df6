// Package gilconvoy: threads that compute delay one that waits by more than a switch interval each.
//
// The claim. With the lock, k threads that compute delay requests that wait {wait}, by their median, by m × k ×
// switch interval s, m being above {naive} and at most {most}; with one of them, s = {long} delays at least
// {growth} times as long as s = {short}.
//
// What is said. Talks and issue threads about gunicorn's gthread say that CPU-bound threads slow the others,
// usually reckoned at one switch interval ({usual}) for each of them.
//
// The theory. A thread that wants the lock waits the switch interval, then asks for it, and the holder gives
// way at its next check. If k of them stand in line, each has its turn first. So a request pays k·s, and it
// pays as often as it must wait for the lock:
//
//	Δ = m·k·s, m ≤ lock acquisitions per request
//
// Whatever may block lets the lock go, and takes it again: reading, waiting, writing. A thread that computes
// uses the gap (the convoy effect: Beazley, Understanding the Python GIL, 2010). A gap too short for it to wake
// costs nothing, so that m is less than the acquisitions. On one core, where it must get the core before it
// gets the lock, about two of the six here remain: the one that begins the request and the one after its wait.
// gunicorn's gthread, which also accepts and hands connections over under the lock, was measured with an m of
// five to six. The naive estimate, one hand-over a request, is m = {naive}.
//
// What is measured. {rate} requests a second that wait {wait} under {server} with the lock, each on a
// connection of its own, while k clients in the background ask for {computes} of computing, again and again;
// one core for the server. Their median less that without a background load, against k·s: a line through the
// origin, every run a point. Requests that overlap share hand-overs, which lowers m where delays are long.
// Secondary: how often a short request takes the lock when nothing else computes.
package gilconvoy
