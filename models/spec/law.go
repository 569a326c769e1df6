package spec

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// A Law says how drawn times vary around their mean.
type Law int

// The laws.
const (
	Even        Law = iota // not at all
	Jittered               // uniform, ±10 %
	Exponential            // memoryless
	Lognormal              // with a coefficient of variation of its own
)

// jitter is half the width of Jittered, as a share of the mean.
const jitter = 0.1

// String is the law's name in cells.
func (l Law) String() string {
	switch l {
	case Even:
		return "even"
	case Jittered:
		return "jittered"
	case Exponential:
		return "exponential"
	case Lognormal:
		return "lognormal"
	}
	return fmt.Sprintf("Law(%d)", int(l))
}

// Draw is a time with that mean. cv is the coefficient of variation of Lognormal, which the others have of
// themselves.
func (l Law) Draw(mean time.Duration, cv float64, random *rand.Rand) time.Duration {
	factor := 1.0
	switch l {
	case Even:
		return mean
	case Jittered:
		factor = 1 - jitter + 2*jitter*random.Float64()
	case Exponential:
		factor = random.ExpFloat64()
	case Lognormal:
		variance := math.Log(1 + cv*cv) // of the logarithm
		factor = math.Exp(math.Sqrt(variance)*random.NormFloat64() - variance/2)
	}
	return time.Duration(factor * float64(mean))
}

// CV is the coefficient of variation: standard deviation over mean. of is that of Lognormal.
func (l Law) CV(of float64) float64 {
	switch l {
	case Even:
	case Jittered:
		return jitter / math.Sqrt(3)
	case Exponential:
		return 1
	case Lognormal:
		return of
	}
	return 0
}

// Times returns a function that draws times around mean, one after the other.
func (l Law) Times(mean time.Duration, random *rand.Rand) func() time.Duration {
	return func() time.Duration { return l.Draw(mean, 0, random) }
}
