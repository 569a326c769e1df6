// Package maxrequestsleak: max-requests bounds the memory of a leaking app.
//
// The claim. When each request leaks 64 KiB and a worker is replaced after 50, the memory of four sync
// workers never exceeds what they need without a leak by more than 1.5 × 4 × 50 × 64 KiB; without a
// limit the same load makes it exceed that by 2 × 4 × 50 × 64 KiB at least.
//
// The theory. A worker that has served n requests holds n·l leaked bytes and gives all of them back
// when its process ends. With at most r requests each, W workers hold
//
//	PSS ≤ M₀ + W·(m + r·l)
//
// a saw-tooth, where without a limit PSS grows by l with every request. Half as much again is granted
// for what an allocator takes beyond what it is asked for, and for a worker that boots while another
// ends. The limit treats a leak that goes with requests. It does nothing for one that goes with time,
// and the price is a boot in every r requests: D + boot/r of CPU instead of D.
//
// A process that starts and ends takes memory of its own, leak or not. A Python worker more than
// ours: when its interpreter ends it writes to nearly every page that it shared with the arbiter,
// and so holds, for some hundredths of a second, a copy of them. That goes with the limit, not with
// the leak, and is taken out.
//
// What is measured. PSS of the whole process tree every 0.05 s (0.25 s in runs before
// 27 November 2026), and once at the end, under a closed loop of 8 clients whose requests leak and
// wait 9 ms; the highest reading counts. The teeth are 0.5 s apart, so a tenth of the growth may be
// missed (half). M₀ + W·m is the same server under the same load
// without the leak, in the same block: replaced alike, where it is replaced.
package maxrequestsleak
