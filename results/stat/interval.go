package stat

import (
	"fmt"
	"math"
)

// An Interval is an estimate with the bounds that hold the truth with the given confidence, and what that rests on.
type Interval struct {
	Estimate, Low, High float64
	Confidence          float64 // 0.95; 0: no interval, only the estimate is meant
	Basis               Basis
}

// A Basis is what an interval rests on.
type Basis struct {
	Method  Method
	Values  int     // that were averaged, counted or fitted; 0: not known
	Blocks  int     // of runs, which they come from; 0: not known
	Freedom float64 // degrees of freedom of Student's distribution; 0: it is not that
}

// A Method is how bounds were found.
type Method string

// The methods. An interval that was made of others, or has no bounds, names none.
const (
	Student    Method = "Student's t"
	Exact      Method = "exact binomial"
	Pooled     Method = "Student's t over runs, or the exact binomial one if that is wider"
	Order      Method = "order statistics"
	Predictive Method = "holds a new run"
)

// String is the basis in few words: "Student's t, 8 degrees of freedom, 5 blocks".
func (b Basis) String() string {
	s := string(b.Method)
	if b.Freedom > 0 && b.Freedom < manyFreedom {
		s += fmt.Sprintf(", %.3g degrees of freedom", b.Freedom)
	}
	switch {
	case b.Blocks > 0:
		s += fmt.Sprintf(", %d blocks", b.Blocks)
	case b.Values > 0:
		s += fmt.Sprintf(", %d values", b.Values)
	}
	return s
}

// Unknown is the interval of which nothing is known.
func Unknown() Interval {
	return Interval{Estimate: math.NaN(), Low: math.NaN(), High: math.NaN()}
}

// Holds reports whether x lies inside the bounds.
func (i Interval) Holds(x float64) bool { return i.Low <= x && x <= i.High }

// Scaled is the interval of a figure so many times as large; by is positive.
func (i Interval) Scaled(by float64) Interval {
	i.Estimate, i.Low, i.High = i.Estimate*by, i.Low*by, i.High*by
	return i
}

// Known reports whether all three figures are numbers.
func (i Interval) Known() bool {
	return !math.IsNaN(i.Estimate) && !math.IsNaN(i.Low) && !math.IsNaN(i.High)
}

// Relative is half of the width as a share of the estimate; infinite where that is 0.
func (i Interval) Relative() float64 { return i.Half() / math.Abs(i.Estimate) }

// Half is half of the width: of a symmetrical interval what stands after the ±.
func (i Interval) Half() float64 { return (i.High - i.Low) / 2 }
