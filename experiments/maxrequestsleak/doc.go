// Package maxrequestsleak: max-requests bounds the memory of a leaking app.
//
// The claim. Where each request leaks {leak} KiB, replacing each of {workers} sync workers after {limit} keeps
// what is leaked within {slack} times workers × requests × leak, {bounded} MiB; without a limit it grows to at
// least {grows} times that.
//
// What is said. gunicorn's documentation (Settings, max_requests) recommends replacing workers after a number
// of requests as a simple way to limit the damage of memory leaks.
//
// The theory. A worker that has served n requests holds n·l leaked bytes and gives all of them back when its
// process ends. With at most r requests each, W workers hold
//
//	PSS ≤ M₀ + W·(m + r·l)
//
// a saw-tooth, where without a limit PSS grows by l with every request. Half as much again is granted for what
// an allocator takes beyond what it is asked for, and for a worker that boots while another ends. The limit
// treats a leak that goes with requests. It does nothing for one that goes with time, and the price is a boot
// in every r requests: D + boot/r of CPU instead of D.
//
// A process that starts and ends takes memory of its own, leak or not. A Python worker more than ours: when its
// interpreter ends it writes to nearly every page that it shared with the arbiter, and so holds, for some
// hundredths of a second, a copy of them. That goes with the limit, not with the leak, and is taken out.
//
// What is measured. PSS of the whole process tree again and again, and once at the end, under a closed loop of
// {clients} clients whose requests leak and wait {wait}; the highest reading counts. About ten are made between
// two teeth, so a tenth of the growth may be missed. M₀ + W·m is the same server under the same load without
// the leak, in the same block: replaced alike, where it is replaced.
package maxrequestsleak
