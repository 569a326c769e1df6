package capacity

import (
	"math"
	"time"
)

// A Path is a kind of request, as a lone client sees it.
type Path struct {
	Name   string
	Weight float64 // share of the requests; any positive numbers
	CPU    time.Duration
	Wait   time.Duration
	// Law is how work and wait are spread from request to request: quantiles at evenly spaced shares, over
	// their mean. nil: they are always the same.
	Law []float64
}

// CV is the coefficient of variation of the law.
func (p Path) CV() float64 {
	squares := 0.0
	for _, x := range p.Law {
		squares += (x - 1) * (x - 1) / float64(len(p.Law))
	}
	return math.Sqrt(squares)
}

// A Class is what sets a worker class apart from sync.
type Class struct {
	Work   float64 // of a request over that of sync: threads and coroutines are switched
	Random float64 // likewise of arrivals at random, where fewer are; 0: as of the others
	Worker float64 // bytes of memory of a worker with one thread
	Error  float64 // of Work, where that is assumed; 0: it was measured
}

// A Deployment is what the runs say of it.
type Deployment struct {
	Cores   int
	Paths   []Path
	Outside time.Duration // of a request's work, what threads do at the same time: without the lock
	Busy    Demands       // of clients in a closed loop, which keep the workers awake; nil: the work is always the same
	Random  Demands       // of arrivals at random, between which they sleep; nil: as of the others
	Classes map[string]Class
	Error   float64 // standard deviation of the work as a share of it: how well it is known

	Elasticity float64 // of the work by the machine's pace: 1 where it grows as that does
	Settled    float64 // Error where the pace is known

	Base   float64 // bytes of memory: of the arbiter and what all share
	Worker float64 // of each sync worker
	Thread float64 // of each thread beyond the first

	// Overhead is what a client waits for beside that: connections, wake-ups.
	Overhead time.Duration

	Spread  Spread       // how far the above may be from the truth, beside Error
	Assumed []Assumption // what the runs do not tell
	Effort  Effort       // of its simulations

	pace                                      time.Duration // see Paced; 0: not known
	fair, lockless, steady, clientless, ideal bool          // see Without
}

// CPU is the mean work of a request on an otherwise idle machine.
func (d *Deployment) CPU() time.Duration {
	return d.mean(func(p Path) time.Duration { return p.CPU })
}

// Wait is the mean wait of a request.
func (d *Deployment) Wait() time.Duration {
	return d.mean(func(p Path) time.Duration { return p.Wait })
}

func (d *Deployment) mean(of func(Path) time.Duration) time.Duration {
	sum, weight := 0.0, 0.0
	for _, p := range d.Paths {
		sum += p.Weight * float64(of(p))
		weight += p.Weight
	}
	return time.Duration(sum / weight)
}

// Memory is what a configuration takes, in bytes.
func (d *Deployment) Memory(s Size) float64 {
	worker := d.Worker
	if c, ok := d.Classes[s.Class]; ok {
		worker = c.Worker
	}
	return d.Base + float64(s.Workers)*(worker+float64(s.Threads-1)*d.Thread)
}

// busy is how many cores a size keeps busy at a rate, of arrivals at random or of clients in a loop that saturate it.
func (d *Deployment) busy(s Size, rate float64, random bool) float64 {
	const rounds = 8
	most := float64(min(s.Workers, d.Cores))
	demand := func(busy float64) float64 { return d.CPU().Seconds() * d.factor(s.Class, busy, random) }
	if !random {
		return min(most, rate*demand(most))
	}
	busy := most
	for range rounds {
		busy = min(most, rate*demand(busy))
	}
	return busy
}

// Growth is by how much more a request computes when every core is busy than when one is: 0.2 for 20 %.
func (d *Deployment) Growth() float64 { return d.load(float64(d.Cores), false)/d.load(1, false) - 1 }
