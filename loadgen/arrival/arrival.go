package arrival

import (
	"iter"
	"math"
	"math/rand/v2"
	"time"
)

// A Schedule yields intended send times as offsets from its start, never decreasing. It may be endless:
// bound it with Until.
type Schedule = iter.Seq[time.Duration]

// Constant yields one arrival every 1/rate seconds, the first at 0, for ever. The k-th is computed
// from k, so that rounding never adds up. A rate (per second) that is not positive and finite yields
// nothing.
func Constant(rate float64) Schedule {
	return func(yield func(time.Duration) bool) {
		if !usable(rate) {
			return
		}
		for k := 0.0; ; k++ {
			at, ok := offset(k / rate)
			if !ok || !yield(at) {
				return
			}
		}
	}
}

// Poisson yields arrivals whose gaps are independent and exponential with mean 1/rate seconds, drawn
// from a PCG started with seed: what many users who know nothing of each other look like to a server.
// A rate (per second) that is not positive and finite yields nothing.
func Poisson(rate float64, seed uint64) Schedule {
	return func(yield func(time.Duration) bool) {
		if !usable(rate) {
			return
		}
		random := rand.New(rand.NewPCG(seed, poissonStream))
		for sum := 0.0; ; {
			sum += random.ExpFloat64() / rate
			at, ok := offset(sum)
			if !ok || !yield(at) {
				return
			}
		}
	}
}

// poissonStream separates the arrivals' random stream from others that are started with the same seed.
const poissonStream = 0x706f6973736f6e

// Replay yields recorded offsets as they are. They must not decrease.
func Replay(offsets []time.Duration) Schedule {
	return func(yield func(time.Duration) bool) {
		for _, at := range offsets {
			if !yield(at) {
				return
			}
		}
	}
}

// Until yields what s yields before d.
func Until(s Schedule, d time.Duration) Schedule {
	return func(yield func(time.Duration) bool) {
		for at := range s {
			if at >= d || !yield(at) {
				return
			}
		}
	}
}

// Warmed yields what s yields before warmUp, and then all of s behind it: as an attack sends that warms up.
func Warmed(s Schedule, warmUp time.Duration) Schedule {
	return func(yield func(time.Duration) bool) {
		for at := range Until(s, warmUp) {
			if !yield(at) {
				return
			}
		}
		for at := range s {
			if !yield(warmUp + at) {
				return
			}
		}
	}
}

func usable(rate float64) bool { return rate > 0 && !math.IsInf(rate, 1) }

// offset converts seconds, and reports whether a Duration can hold them (292 years).
func offset(seconds float64) (time.Duration, bool) {
	ns := math.Round(seconds * float64(time.Second))
	return time.Duration(ns), ns < math.MaxInt64
}
