// Package loadgen attacks an HTTP server and reports latencies that hide nothing. It drives vegeta as
// a library and adds what vegeta leaves out.
//
// Guarantees:
//
//   - Two latencies. Service runs from the actual send to the last byte of the answer, and includes
//     waiting for one of the Connections and dialling. Response = Service + (actual send − intended
//     send): what somebody who arrived as scheduled would have waited. Response is the headline; it
//     does not shrink when the generator falls behind (coordinated omission). In a closed loop nothing
//     is intended, and the two are equal.
//   - Nothing is retried and no redirect is followed. A request that a dying connection swallowed is a
//     failure with a name.
//   - Failed requests never enter the latencies, and every request is accounted for:
//     Planned = Sent + Unsent and Sent = Completed + Failed + Cut.
//   - The figures are of one window, without warm-up and without drain. What belongs to it: in an open
//     loop each request intended in the window, in a closed loop each one sent in it, however late its
//     answer. Throughput alone counts answers: the successes that arrived in the window, whenever they
//     were sent, per second of it.
//   - A run that cannot be believed says so in Report.Invalid, with the figures that condemn it.
//
// Clients: an open loop has as many requests in flight as it must, over at most Connections
// connections, the one idle for longest first. A closed loop of N clients is N of vegeta's workers;
// a client thinks before it sends, inside its own transport, where vegeta's clock already runs, so the
// time thought is subtracted.
//
// Distance: with Attack.RTT a round trip is slept before each request is written, and another before a
// connection is opened. The runtime's timers make that up to a millisecond longer, never shorter. What a
// distance does to bodies, windows and losses is not emulated.
//
// Note: net/http's Transport is not used. It sends an idempotent request again, silently, when the
// connection it reused turns out to be closed, which hides exactly the losses that a reload of the
// server may cause; and its two goroutines a connection double the generator's CPU.
package loadgen
