package queueing

import (
	"math"
	"slices"
	"time"
)

// General is the queue M/G/c: jobs arrive at random, wait in one queue in order of arrival, and are served by whichever
// of c servers is idle, for a time of any law.
type General struct {
	Rate    float64       // λ: mean arrivals per second of a Poisson process, not negative
	Service time.Duration // S: mean service time
	CV      float64       // of the service times: standard deviation over mean, not negative
	Servers int           // c, at least 1
	// Soonest is γ, the mean time in seconds until one of c busy servers is idle, as the law has it (SoonestOf). It is
	// used where the CV is above 1; 0: not known.
	Soonest float64
}

// Utilization is ρ = λS/c, the share of the servers that is busy; from 1 on the queue never settles.
func (g General) Utilization() float64 { return g.exponential().Utilization() }

func (g General) exponential() Open { return Open{g.Rate, g.Service, g.Servers} }

// Wait is the mean time in the queue in seconds; +Inf from ρ = 1 on. It is exact for M/M/c, for M/D/c, and for one
// server, where it is λS²(1+CV²)/2(1−ρ) (Pollaczek 1930, Khinchin 1932). Else it is an approximation, and Off says by
// how much it is off: where services vary less than exponential ones a mean of the two waits that are exact,
//
//	W = (1+CV²) / (2CV²/W(M/M/c) + (1−CV²)/W(M/D/c))
//
// (Kimura, Operations Research 34(2), 1986), and where they vary more, as whoever finds all servers busy and nobody
// waiting has the first of c services under way to wait for, and in a long queue one's end follows another's as at a
// single server that is c times as fast,
//
//	W = ((1−ρ)cγ/S + ρ(1+CV²)/2) W(M/M/c)
//
// (Tijms, van Hoorn and Federgruen, Advances in Applied Probability 13(1), 1981).
//
// Note: the first is off by up to a quarter with a CV of 3, since two moments do not tell how long γ is; the other is
// off by 2 % where the first is by 0.2.
func (g General) Wait() float64 {
	open := g.exponential()
	rho := open.Utilization()
	if rho >= 1 {
		return math.Inf(1)
	}
	exponential := (open.Slowdown() - 1) * g.Service.Seconds()
	square := g.CV * g.CV
	switch {
	case exponential == 0:
		return 0
	case g.Servers > 1 && g.CV > 1 && g.Soonest > 0:
		first := float64(g.Servers) * g.Soonest / g.Service.Seconds()
		return ((1-rho)*first + rho*(1+square)/2) * exponential
	}
	even := max(evenWait(g.Servers, rho)*g.Service.Seconds(), exponential/2) // it is more than half, but for rounding
	return (1 + square) / (2*square/exponential + (1-square)/even)
}

// SoonestOf is γ of services like those of the sample, in seconds, which it sorts. A service under way has as much left
// as its law's equilibrium says, more than x with probability E[(S−x)⁺]/E[S]; γ = ∫ (E[(S−x)⁺]/E[S])ᶜ dx.
func SoonestOf(sample []float64, servers int) (gamma float64) {
	slices.Sort(sample)
	sum := 0.0
	for _, s := range sample {
		sum += s
	}
	if sum == 0 {
		return 0
	}
	// Between two of the sample, of whom n are longer, the probability falls linearly, by n of sum for each second.
	begin, power := 1.0, float64(servers+1)
	for i, last := 0, 0.0; i < len(sample); last, i = sample[i], i+1 {
		slope := float64(len(sample)-i) / sum
		end := max(0, begin-slope*(sample[i]-last))
		gamma += (math.Pow(begin, power) - math.Pow(end, power)) / (power * slope)
		begin = end
	}
	return gamma
}

// Response is the mean time in the system in seconds.
func (g General) Response() float64 { return g.Wait() + g.Service.Seconds() }

// Paced is the mean time in the system in seconds where jobs arrive evenly, so many a second, and one server serves
// them in order, for exponential times: S/(1−σ), whoever arrives finding others with probability σ = exp(−(1−σ)/ρ)
// (D/M/1: Kleinrock, Queueing Systems I, 1975, section 6.4). It is +Inf from ρ = 1 on.
func Paced(rate float64, service time.Duration) float64 {
	rho := Utilization(rate, service)
	if rho >= 1 {
		return math.Inf(1)
	}
	low, high := 0.0, 1-(1-rho)*1e-3 // σ is the root below the other one, 1
	for range 200 {
		if mid := (low + high) / 2; mid < math.Exp(-(1-mid)/rho) {
			low = mid
		} else {
			high = mid
		}
	}
	return service.Seconds() / (1 - low)
}

// AllenCunneen approximates the mean time in the queue of G/G/c in seconds: that of M/M/c times
// (ca² + cs²)/2, the mean of the squared coefficients of variation of gaps and of service times. It is
// exact for M/M/c and M/G/1 (Allen, Probability, Statistics and Queueing Theory, 1990, section 5.3).
func AllenCunneen(o Open, ca, cs float64) float64 {
	waits := (o.Slowdown() - 1) * o.Service.Seconds()
	return waits * (ca*ca + cs*cs) / 2
}
