package queueing

import (
	"math"
	"time"
)

// Single is the queue M/G/1: jobs arrive at random and are served one after the other in order of arrival
// by one server, whatever the law of the service times (Pollaczek 1930, Khinchin 1932).
type Single struct {
	Rate    float64       // λ: mean arrivals per second of a Poisson process, not negative
	Service time.Duration // mean service time
	CV      float64       // of the service times: standard deviation over mean, not negative
}

// Utilization is ρ = λS; from 1 on the queue never settles.
func (s Single) Utilization() float64 { return Utilization(s.Rate, s.Service) }

// Wait is the mean time in the queue in seconds, λS²(1+CV²)/2(1−ρ); +Inf from ρ = 1 on.
func (s Single) Wait() float64 {
	rho := s.Utilization()
	if rho >= 1 {
		return math.Inf(1)
	}
	return rho * s.Service.Seconds() * (1 + s.CV*s.CV) / (2 * (1 - rho))
}

// Response is the mean time in the system in seconds.
func (s Single) Response() float64 { return s.Wait() + s.Service.Seconds() }

// SharedResponse is the mean time in the system in seconds where the server is shared equally by the jobs
// present (processor sharing): S/(1−ρ), whatever the law of the service times.
func (s Single) SharedResponse() float64 {
	rho := s.Utilization()
	if rho >= 1 {
		return math.Inf(1)
	}
	return s.Service.Seconds() / (1 - rho)
}

// AllenCunneen approximates the mean time in the queue of G/G/c in seconds: that of M/M/c times
// (ca² + cs²)/2, the mean of the squared coefficients of variation of gaps and of service times. It is
// exact for M/M/c and M/G/1 (Allen, Probability, Statistics and Queueing Theory, 1990, section 5.3).
func AllenCunneen(o Open, ca, cs float64) float64 {
	waits := (o.Slowdown() - 1) * o.Service.Seconds()
	return waits * (ca*ca + cs*cs) / 2
}

// ErlangB is the share of jobs that find all servers busy and leave, of those offered to so many servers
// without a queue, offered being λS in Erlang. Any law of the service times gives the same. Its recursion,
// B(k) = aB(k−1)/(k + aB(k−1)) from B(0) = 1, never overflows.
func ErlangB(servers int, offered float64) float64 {
	if offered <= 0 {
		return 0
	}
	blocked := 1.0
	for k := 1; k <= servers; k++ {
		blocked = offered * blocked / (float64(k) + offered*blocked)
	}
	return blocked
}

// Relaxation is the time in seconds in which a queue's memory of how it began fades to 1/e, where jobs arrive at the
// rate and are served at the capacity, both per second: 1/(μ(1−√ρ)²) for M/M/1, and about that where many
// servers are busy (Cohen, The Single Server Queue, 1982, section II.2.1). It is +Inf from ρ = 1 on.
func Relaxation(rate, capacity float64) float64 {
	if rate >= capacity {
		return math.Inf(1)
	}
	slack := 1 - math.Sqrt(max(0, rate)/capacity)
	return 1 / (capacity * slack * slack)
}
