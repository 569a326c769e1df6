// Package scenario is a server, what its handler demands, and a load: what one file describes (package file
// reads it), and what is simulated and predicted.
//
// Guarantees: a Scenario that passes Check can be simulated and predicted. The package imports neither os nor
// net and no reader, so it also builds for a browser.
package scenario
