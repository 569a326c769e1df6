// Package timeouttoohigh: a high timeout leaves a hung sync worker out for that long.
//
// The claim. Where {hangs} requests hang, {workers} sync workers with a timeout of {short} serve at least
// {least} times as much over the next {window} as with one of {long}; and either loses what the theory says, to
// within {near} % of the throughput.
//
// What is said. gunicorn's documentation (Settings, timeout): half a minute should do; much more only for those
// who know what it means for sync workers.
//
// The theory. A hung request holds its worker for the timeout t, and the worker is back as soon as it has been
// replaced. Requests that arrive at rate λ, a share h of which hang, thus keep λ·h·t workers from their work
// (Little), so of W they take the share
//
//	lost = λ·h·t / W
//
// Over a window w that begins with n hangs this is n·min(t, w) / (W·w): here {shortLoses} % for t = {short} and
// {longLoses} % for t = {long}. At λ·h = W/t nothing is left: with the default of {long}, {workers} workers
// stand still at one hung request in {apart}. A timeout as short as the app can bear is therefore cheap
// insurance; what it costs is the request that is slow and not hung.
//
// What is measured. Throughput of {workers} sync workers under {clients} clients whose requests wait {wait},
// which is as much as the workers can do; the hanging requests wait {hang} and are sent once, all at the same
// time, at the start. Timeouts of {short} and {long}, and {long} without a hang for comparison, twice (A/A).
// All servers run at once: each uses a few per cent of a core.
package timeouttoohigh
