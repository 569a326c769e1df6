// Package des is a discrete-event kernel: a clock, a list of events, random streams, cores that are
// shared, and the statistics of what comes out. It builds for a browser, too.
//
// A model is a set of state machines that own their state and schedule each other's Actions; there is no
// goroutine for an entity, and no memory is allocated for an event. Events at the same instant take place
// in the order in which they were scheduled, so that a run is a function of its seed. What is put off again and
// again is a Timer.
//
// Every purpose has a random stream of its own (Streams): two configurations that are compared draw the
// same arrivals and the same demands, and what differs between them is what differs.
//
// What is estimated from a run has a warm-up cut off (MSER5) and, over independent replications, an
// interval (Replications).
package des
