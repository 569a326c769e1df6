package queueing

import (
	"math"
	"time"
)

// Open is the queue M/M/c: jobs arrive at random, wait in one queue in order of arrival, and are
// served by whichever of c servers is idle. Service times are exponential.
type Open struct {
	Rate    float64       // λ: mean arrivals per second of a Poisson process, not negative
	Service time.Duration // S: mean service time
	Servers int           // c, at least 1
}

// Utilization is ρ = λS/c, the share of the servers that is busy; from 1 on the queue never settles.
func (o Open) Utilization() float64 {
	return Utilization(o.Rate, o.Service) / float64(o.Servers)
}

// Delayed is the probability that a job finds all servers busy (Erlang C); 1 for ρ ≥ 1.
//
// C = B/(1 − ρ(1−B)) with Erlang's B (Cooper, Introduction to Queueing Theory, 1981, §3.4).
func (o Open) Delayed() float64 {
	rho := o.Utilization()
	if rho >= 1 {
		return 1
	}
	b := ErlangB(o.Servers, Utilization(o.Rate, o.Service))
	return b / (1 - rho*(1-b))
}

// Slowdown is the mean response time over the mean service time, R/S = 1 + C/(c(1−ρ)); +Inf for
// ρ ≥ 1. One server for each of n equal random parts of a stream is Open with λ/n and c = 1: R/S is
// then 1/(1−ρ), whatever n.
func (o Open) Slowdown() float64 {
	rho := o.Utilization()
	if rho >= 1 {
		return math.Inf(1)
	}
	return 1 + o.Delayed()/(float64(o.Servers)*(1-rho))
}

// Response is the mean response time R in seconds; +Inf for ρ ≥ 1.
func (o Open) Response() float64 { return o.Slowdown() * o.Service.Seconds() }

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
