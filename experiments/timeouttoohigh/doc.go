// Package timeouttoohigh: a high timeout leaves a hung sync worker out for that long.
//
// The claim. Two requests that hang take two of four sync workers away until the timeout kills them.
// Over the next 8 s a timeout of 2 s leaves at least 1.5 times the throughput that one of 30 s leaves;
// and either loses what the theory says, to within 10 % of the throughput.
//
// The theory. A hung request holds its worker for the timeout t, and the worker is back as soon as it
// has been replaced. Requests that arrive at rate λ, a share h of which hang, thus keep λ·h·t workers
// from their work (Little), so of W they take the share
//
//	lost = λ·h·t / W
//
// Over a window w that begins with n hangs this is n·min(t, w) / (W·w): with n = 2, W = 4, w = 8 s an
// eighth for t = 2 s and a half for t = 30 s. At λ·h = W/t nothing is left: with the default of 30 s
// four workers stand still at one hung request in 7.5 s. A timeout as short as the app can bear is
// therefore cheap insurance; what it costs is the request that is slow and not hung.
//
// What is measured. Throughput of four sync workers under 16 clients whose requests wait 50 ms, which
// is as much as the workers can do; the hanging requests wait 60 s and are sent once, two at the same
// time, at the start. Timeouts of 2 and 30 s, and 30 s without a hang for comparison, twice (A/A). All
// servers run at once: each uses a few per cent of a core.
package timeouttoohigh
