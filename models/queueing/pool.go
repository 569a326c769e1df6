package queueing

import "math"

// Pool is an open queue in front of a pool that serves at most Size jobs at once, each alternating between
// its wait and a share of the cores (Closed). Jobs arrive at random and are admitted in order of arrival.
//
// While k are admitted they leave at the rate X(k) of the closed network, which is exact where service
// times are exponential in the aggregate and close otherwise (Chandy, Herzog and Woo, IBM J. Research
// and Development 19(1), 1975: the pool is replaced by one server whose speed depends on its load).
type Pool struct {
	Rate float64 // λ: mean arrivals per second, not negative
	Size int     // at least 1
	Net  Closed  // of those admitted
}

// Capacity is X(Size), the rate from which on the queue never settles.
func (p Pool) Capacity() float64 { return p.Net.Throughput(p.Size) }

// A Standing is what a queue settles to.
type Standing struct {
	Jobs     float64 // mean number in the system
	Response float64 // mean time in the system, seconds
	Wait     float64 // mean time until admitted, seconds
	Delayed  float64 // share of jobs that wait to be admitted
}

// Settles is the queue in equilibrium; all is +Inf, and Delayed 1, where it never settles.
func (p Pool) Settles() Standing {
	capacity := p.Capacity()
	if p.Rate <= 0 {
		return Standing{Response: (p.Net.CPU + p.Net.Wait).Seconds()}
	}
	if p.Rate >= capacity {
		return Standing{math.Inf(1), math.Inf(1), math.Inf(1), 1}
	}
	// Birth and death: p(n) ∝ ∏ λ/X(min(k,Size)). Beyond Size the terms are a geometric series. The
	// logarithm keeps hundreds of factors within the range of a float64.
	logs := make([]float64, p.Size+1)
	top := 0.0
	for i, throughput := range p.Net.Throughputs(p.Size) {
		logs[i+1] = logs[i] + math.Log(p.Rate/throughput)
		top = max(top, logs[i+1])
	}
	r := p.Rate / capacity
	var sum, jobs float64
	for n, l := range logs {
		weight := math.Exp(l - top)
		sum += weight
		jobs += float64(n) * weight
	}
	full := math.Exp(logs[p.Size] - top)
	tail := full * r / (1 - r) // of n = Size+1, Size+2, …
	queue := tail / (1 - r)    // Σ (n−Size)·p(n)
	jobs += float64(p.Size)*tail + queue
	sum += tail
	return Standing{
		Jobs: jobs / sum, Response: jobs / sum / p.Rate, Wait: queue / sum / p.Rate, Delayed: (full + tail) / sum,
	}
}
