// Package judge turns the records of a run into a verdict. A judge is a pure function: New begins it, each
// sentence of the claim is a Part, an interval that has to lie between two bounds, All joins them, and
// Judging.Conclude returns the verdict with what decided it, or what would.
//
//   - The run is the unit of every statistic, never the request.
//   - What cannot be computed, for want of valid runs, is an unknown interval from which nothing follows.
//   - A/A pairs answer for the method (Controls): two cells that differ in nothing may be declared
//     different one time in twenty.
//   - Confidence says what judging several claims at once, and again after blocks were added, is paid for.
package judge
