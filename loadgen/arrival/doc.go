// Package arrival says when requests are meant to be sent.
//
// A Schedule yields the intended send times of an open loop as offsets from its start, never
// decreasing. It knows nothing of answers: that is what makes the loop open. The same schedule drives
// the attack on a real server and the simulation of one, so that both meet identical arrivals.
//
// Guarantees: a schedule may be ranged over any number of times and yields the same offsets each
// time; a random one depends on nothing but its parameters and its seed. The package imports neither
// net nor os, so it also builds for a browser.
package arrival
