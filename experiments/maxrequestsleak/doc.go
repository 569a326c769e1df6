// Package maxrequestsleak: max-requests bounds the memory of a leaking app.
//
// The claim. When each request leaks 64 KiB and a worker is replaced after 50, the memory of four sync
// workers never exceeds what they need without a leak by more than 1.25 × 4 × 50 × 64 KiB; without a
// limit the same load makes it exceed that at least twice as far.
//
// The theory. A worker that has served n requests holds n·l leaked bytes and gives all of them back
// when its process ends. With at most r requests each, W workers hold
//
//	PSS ≤ M₀ + W·(m + r·l)
//
// a saw-tooth, where without a limit PSS grows by l with every request. A quarter is granted for what
// an allocator takes beyond what it is asked for. The limit treats a leak that goes with requests. It
// does nothing for one that goes with time, and the price is a boot in every r requests: D + boot/r
// of CPU instead of D.
//
// What is measured. PSS of the whole process tree every 0.25 s, and once at the end, under a closed
// loop of 8 clients whose requests leak and wait 9 ms; the highest reading counts. The teeth are 0.5 s
// apart, so a peak may be missed by the part of a tooth that grows between two readings, in one run
// more, in another less. M₀ + W·m is the same server under the same load without the leak, in the same
// block.
package maxrequestsleak
