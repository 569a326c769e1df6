package stat

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// An Estimate is a mean, a slope or a contrast whose error, in units of its standard deviation, has Student's
// distribution.
type Estimate struct {
	Value, Deviation float64
	Freedom          float64 // degrees of freedom
	Log              bool    // Value and Deviation are those of the figure's logarithm
	Values, Blocks   int     // that it rests on, see Basis
}

// Interval returns Value ± t·Deviation, and of a logarithm exp of that.
func (e Estimate) Interval(confidence float64) (Interval, error) {
	if err := CheckConfidence(confidence); err != nil {
		return Interval{}, err
	}
	half := StudentQuantile(e.Freedom, confidence) * e.Deviation
	i := Interval{
		Estimate: e.Value, Low: e.Value - half, High: e.Value + half, Confidence: confidence,
		Basis: Basis{Method: Student, Values: e.Values, Blocks: e.Blocks, Freedom: e.Freedom},
	}
	if e.Log {
		i.Estimate, i.Low, i.High = math.Exp(i.Estimate), math.Exp(i.Low), math.Exp(i.High)
	}
	return i, nil
}

// Test returns the two-sided p-value of the figure being theta. It is never 0, so that 0 can say "no test".
func (e Estimate) Test(theta float64) (float64, error) {
	if e.Log && !(theta > 0) || !Finite(theta) {
		return 0, Domain("the figure tested is %v", theta)
	}
	if e.Log {
		theta = math.Log(theta)
	}
	distance := math.Abs(e.Value - theta)
	switch {
	case e.Deviation > 0:
		p := mathext.RegIncBeta(e.Freedom/2, 0.5, e.Freedom/(e.Freedom+square(distance/e.Deviation)))
		return min(max(p, math.SmallestNonzeroFloat64), 1), nil
	case distance > 0:
		return math.SmallestNonzeroFloat64, nil
	}
	return 1, nil
}

// StudentQuantile is the t that holds the confidence between −t and t: with x the point at which the regularised
// incomplete beta function I(ν/2, 1/2) is 1 − confidence, t² = ν(1−x)/x (Abramowitz & Stegun, 26.7.1 and 26.5.27).
func StudentQuantile(freedom, confidence float64) float64 {
	x := mathext.InvRegIncBeta(freedom/2, 0.5, 1-confidence)
	return math.Sqrt(freedom * (1 - x) / x)
}

func square(x float64) float64 { return x * x }
