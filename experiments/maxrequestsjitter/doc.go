// Package maxrequestsjitter: jitter staggers restarts.
//
// The claim. When four sync workers are all replaced after the same 450 requests and take 0.2 s of CPU
// to boot, throughput is below a tenth of its median for at least 0.25 s at a stretch; a jitter of
// another 450 requests shortens that by at least 0.25 s. Fewer than one request in a thousand is lost
// either way.
//
// The theory. Idle workers take requests in turn from one queue, so their counts keep step: all reach
// r requests within about √r of each other. Then W boots of b seconds share C cores, and nothing is
// served for about
//
//	W·b/C
//
// which is 0.8 s here. With jitter J a worker's limit is r plus a random number up to J, so the wave
// is spread over J/x seconds at x requests a second a worker, about 2 s: mostly one or two boot
// while the others serve. The work lost is the same, it is only not lost at once. That takes room: if
// the boots, W·b, and the requests' own work do not fit into C cores during J/x, the wave is one long
// dip again, only shallower. Later waves blur by themselves, because a worker's count then starts
// where its boot ended; so only the first tells the two apart.
//
// What is measured. Successful answers in steps of 0.05 s, in a closed loop of 8 clients whose
// requests compute 0.2 ms and wait 4 ms; one core for the server. The window ends before the second wave
// of workers without jitter. The dip is the longest time during which no step reaches a tenth of the
// median step of the run; a run without jitter counts if any worker ended in it, since workers that do not
// end together speak against the claim. One with jitter counts if three did: fewer restarts have a
// short dip for another reason than jitter, so that leaving them out is to the claim's disadvantage.
// Lost are requests that failed or could not be sent, counted one by one, in all runs.
package maxrequestsjitter
