// Package maxrequestsjitter: jitter staggers restarts.
//
// The claim. Where {workers} sync workers that take {boot} of CPU to boot are all replaced after the same
// {limit} requests, throughput is below {part} % of its median for at least {dips} at a stretch; a jitter of
// another {limit} requests shortens that by at least {shorter}. Either way fewer than {mostLost} % of the
// requests are lost.
//
// What is said. gunicorn's documentation (Settings, max_requests_jitter) says that the jitter staggers the
// workers' restarts, so that they do not all restart at once.
//
// The theory. Idle workers take requests in turn from one queue, so their counts keep step: all reach r
// requests within about √r of each other. Then W boots of b seconds share C cores, and nothing is served for
// about
//
//	W·b/C
//
// which is {stop} here. With jitter J a worker's limit is r plus a random number up to J, so the wave is spread
// over J/x seconds at x requests a second a worker, about {spread}: mostly one or two boot while the others
// serve. The work lost is the same, it is only not lost at once. That takes room: if the boots, W·b, and the
// requests' own work do not fit into C cores during J/x, the wave is one long dip again, only shallower. Later
// waves blur by themselves, because a worker's count then starts where its boot ended; so only the first tells
// the two apart.
//
// What is measured. Successful answers in short steps, in a closed loop of {clients} clients whose requests
// compute {cpu} and wait {wait}; one core for the server. The window ends before the second wave of workers
// without jitter. The dip is the longest time during which no step reaches {part} % of the median step of the
// run; a run without jitter counts if any worker ended in it, since workers that do not end together speak
// against the claim. One with jitter counts if {wave} did: fewer restarts have a short dip for another reason
// than jitter, so that leaving them out is to the claim's disadvantage. Lost are requests that failed or could
// not be sent, counted one by one, in all runs.
package maxrequestsjitter
