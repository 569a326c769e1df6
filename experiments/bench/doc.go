// Package bench puts claims about worker models to the test: New is the run that is ordered, on some systems, with
// measured, simulated and predicted records; Make makes them, or those that are left of a run that goes on; Hint says
// what to do next. Judging what came of it, and the report, are the business of others.
package bench
