package queueing

import (
	"math"
	"time"
)

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

// Varied is Settles where a job's service, its work and waits together, has a coefficient of variation of its own, and
// a γ (General), which may be 0; the CV of Settles is 1. It waits for admission as much longer or shorter as it would for servers of its own at the same
// utilisation (General). That is exact for a pool of one, and for services that are even or exponential where nobody
// shares a core; else Off says by how much it is off.
func (p Pool) Varied(cv, soonest float64) Standing {
	s := p.Settles()
	rho := p.Rate / p.Capacity()
	if rho <= 0 || rho >= 1 || s.Wait == 0 {
		return s
	}
	whole := p.Net.CPU + p.Net.Wait
	alone := General{Rate: rho * float64(p.Size) / whole.Seconds(), Service: whole, CV: cv, Servers: p.Size, Soonest: soonest}
	if exponential := (alone.exponential().Slowdown() - 1) * whole.Seconds(); exponential > 0 {
		longer := s.Wait * (alone.Wait()/exponential - 1)
		s.Wait, s.Response, s.Jobs = s.Wait+longer, s.Response+longer, s.Jobs+p.Rate*longer
	}
	return s
}

// Finite is a pool in front of which so many clients come back, each some time after its last job was done, instead of
// strangers at random: Palm's machine repair model where the pool is of one and does not wait. It is exact where Pool
// is, and where Size is not less than Clients for whatever laws (Closed); think times may have any law.
type Finite struct {
	Clients int           // N, at least 1
	Think   time.Duration // Z: mean time from a job's end to the client's next, not negative
	Size    int           // at least 1
	Net     Closed        // of those admitted
}

// Settles is the queue in equilibrium, and the throughput X in jobs per second. N = X·(R+Z).
func (f Finite) Settles() (throughput float64, response time.Duration) {
	switch {
	case f.Size >= f.Clients: // to think is one more wait
		all := f.Net
		all.Wait += f.Think
		throughput = all.Throughput(f.Clients)
	case f.Think == 0:
		throughput = f.Net.Throughput(f.Size)
	default:
		throughput = f.mean(f.Net.Throughputs(f.Size))
	}
	return throughput, max(0, Response(f.Clients, throughput, f.Think))
}

// mean is the mean of the pool's speeds with so many jobs in the system: birth and death, each of the others being
// born at the rate 1/Z.
func (f Finite) mean(speeds []float64) float64 {
	var sum, flow, weight, top float64 // weight is a logarithm, and the sums are over exp(top)
	sum = 1                            // of nobody
	for n := 1; n <= f.Clients; n++ {
		speed := speeds[min(n, len(speeds))-1]
		weight += math.Log(float64(f.Clients-n+1) / f.Think.Seconds() / speed)
		if weight > top {
			sum, flow, top = sum*math.Exp(top-weight), flow*math.Exp(top-weight), weight
		}
		share := math.Exp(weight - top)
		sum, flow = sum+share, flow+share*speed
	}
	return flow / sum
}
