// Package results is what a run leaves behind: one Record for each repetition of a cell, never
// averaged, as JSON Lines that pandas and DuckDB read as they are; and the manifest of the run.
package results
