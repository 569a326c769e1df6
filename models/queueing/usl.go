package queueing

import "math"

// USL is the universal scalability law (Gunther, Guerrilla Capacity Planning, 2007, chapter 4):
//
//	X(N) = λN / (1 + σ(N−1) + κN(N−1))
//
// N clients, or processors, of whom each alone would reach λ, wait for each other in two ways: σ is
// the share of the work that only one can do at a time (with κ = 0 this is Amdahl's law), κ is what
// each pair pays to agree. Only κ makes throughput fall again.
type USL struct {
	Lambda float64 // jobs per second of one alone
	Sigma  float64 // contention, from 0 (none) to 1 (all work is serial)
	Kappa  float64 // coherency, from 0
}

// Throughput is X(n) in jobs per second; 0 for n ≤ 0.
func (u USL) Throughput(n float64) float64 {
	if n <= 0 {
		return 0
	}
	return u.Lambda * n / u.Slowdown(n)
}

// Slowdown is how many times longer a job takes among n than alone, the law's denominator.
func (u USL) Slowdown(n float64) float64 {
	return 1 + u.Sigma*(n-1) + u.Kappa*n*(n-1)
}

// Peak is the N of the highest throughput, √((1−σ)/κ), at least 1. It is +Inf where throughput never
// falls, which is so for κ = 0.
func (u USL) Peak() float64 {
	switch {
	case u.Kappa <= 0:
		return math.Inf(1)
	case u.Sigma >= 1:
		return 1
	}
	return max(1, math.Sqrt((1-u.Sigma)/u.Kappa))
}
