package study

import (
	"math"

	"github.com/workerlab/workerlab/results/stat"
)

// A Report is what a scenario comes to.
type Report struct {
	Origin  string // "predicted" or "simulated"
	Figures []Figure
	Note    string
}

// A Figure is a value with its unit: "seconds", "requests/s", "share", or "" of a number.
type Figure struct {
	Name string
	// Value has no confidence where it is exact, that of 1 where a form's error leaves bounds, and is not a number where
	// there is nothing to tell of, as of responses where none was answered.
	Value stat.Interval
	Unit  string
}

// exact is a figure without an interval.
func exact(name string, value float64, unit string) Figure {
	return Figure{name, stat.Interval{Estimate: value}, unit}
}

// Empty reports whether there is nothing to tell of.
func (f Figure) Empty() bool { return math.IsNaN(f.Value.Estimate) }
