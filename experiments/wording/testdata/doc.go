// Package late: late workers are late.
//
// The claim. They answer {later} times as late,
// within {limit}.
//
// What is said. It is said that they do not.
//
// The theory. So it is:
//
//	R = S
//
// and {limit}.
package late
