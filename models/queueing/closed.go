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
	t := c.terms(n)
	return math.Exp(t.logG(n-1) - t.logG(n))
}

// Throughputs are X(1) … X(n), at the price of some of Throughput(n).
func (c Closed) Throughputs(n int) []float64 {
	if n <= 0 {
		return nil
	}
	all := make([]float64, n)
	if c.CPU == 0 || c.Wait == 0 { // nobody meets anybody, or all are always at the cores
		for m := range all {
			_, all[m] = c.Bounds(m + 1)
		}
		return all
	}
	t := c.terms(n)
	capacity := float64(c.Cores) / c.CPU.Seconds()
	last := t.logG(0)
	for m := range all {
		g := t.logG(m + 1)
		all[m] = math.Exp(last - g)
		last = g
		if all[m] > (1-1e-12)*capacity { // more jobs do not add to it
			for i := m + 1; i < n; i++ {
				all[i] = all[m]
			}
			break
		}
	}
	return all
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

// terms are what ln G is made of, for up to so many jobs: of k at the cores and of k that wait. G itself leaves
// the range of a float64 at some hundred jobs.
type terms struct{ cores, waits []float64 }

func (c Closed) terms(n int) terms {
	t := terms{make([]float64, n+1), make([]float64, n+1)}
	logBeta := 0.0
	for k := range n + 1 {
		if k > 0 {
			logBeta += math.Log(float64(min(k, c.Cores)))
		}
		permutations, _ := math.Lgamma(float64(k + 1))
		t.cores[k] = power(c.CPU, k) - logBeta
		t.waits[k] = power(c.Wait, k) - permutations
	}
	return t
}

// logG is ln G(n).
func (t terms) logG(n int) float64 {
	top := math.Inf(-1)
	for k := range n + 1 {
		top = max(top, t.cores[k]+t.waits[n-k])
	}
	sum := 0.0
	for k := range n + 1 {
		sum += math.Exp(t.cores[k] + t.waits[n-k] - top)
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
