package queueing

import (
	"math"
	"time"
)

// Closed is the closed network of a delay and equally shared cores (see the package comment).
type Closed struct {
	CPU   time.Duration // D: mean work on a core between two waits, not negative
	Wait  time.Duration // I: mean time off the cores, not negative; not both may be 0
	Cores int           // C, at least 1
}

// Throughput is X(n) in jobs per second, exact; 0 for n ≤ 0.
func (c Closed) Throughput(n int) float64 {
	if n <= 0 {
		return 0
	}
	return math.Exp(c.logG(n-1) - c.logG(n))
}

// Residence is the mean time between two waits when n jobs circulate: work and waiting for a core.
func (c Closed) Residence(n int) time.Duration {
	return Response(n, c.Throughput(n), c.Wait)
}

// Utilization is the share of the cores that is busy when n jobs circulate, between 0 and 1.
func (c Closed) Utilization(n int) float64 {
	return Utilization(c.Throughput(n), c.CPU) / float64(c.Cores)
}

// Bounds are the asymptotic bounds on the throughput of n jobs. At best nobody ever queues and the
// cores set the limit, min(n/(D+I), C/D); at worst all n are always at the cores together,
// n/(I + D·max(1, n/C)).
func (c Closed) Bounds(n int) (low, high float64) {
	d, i, jobs, cores := c.CPU.Seconds(), c.Wait.Seconds(), float64(n), float64(c.Cores)
	low = jobs / (i + d*max(1, jobs/cores))
	high = jobs / (d + i)
	if d > 0 {
		high = min(high, cores/d)
	}
	return low, high
}

// Knee is the number of jobs at which the two upper bounds meet, C·(D+I)/D: fewer cannot saturate
// the cores, however they are scheduled. It is +Inf without CPU work.
func (c Closed) Knee() float64 {
	return float64(c.Cores) * (c.CPU + c.Wait).Seconds() / c.CPU.Seconds()
}

// logG is ln G(n). G itself leaves the range of a float64 at some hundred jobs.
func (c Closed) logG(n int) float64 {
	terms := make([]float64, 0, n+1)
	top, logBeta := math.Inf(-1), 0.0
	for k := range n + 1 {
		if k > 0 {
			logBeta += math.Log(float64(min(k, c.Cores)))
		}
		waiting, _ := math.Lgamma(float64(n - k + 1))
		term := power(c.CPU, k) - logBeta + power(c.Wait, n-k) - waiting
		terms = append(terms, term)
		top = max(top, term)
	}
	sum := 0.0
	for _, t := range terms {
		sum += math.Exp(t - top)
	}
	return top + math.Log(sum)
}

// power is ln(d^k) with 0^0 = 1.
func power(d time.Duration, k int) float64 {
	if k == 0 {
		return 0
	}
	return float64(k) * math.Log(d.Seconds())
}
