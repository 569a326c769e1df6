package capacity

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// A Run is what was measured of a deployment under a load.
type Run struct {
	Class         string
	Workers       int
	Threads       int
	Clients       int           // of a closed loop; 0: an open one
	Rate          float64       // requests/s of an open loop
	Throughput    float64       // requests/s
	CPU           time.Duration // that all processes used for a request
	Mean          time.Duration // response time
	P50, P95, P99 time.Duration
	PSS           uint64 // bytes, of the whole process tree

	// Generator is the CPU time that the load generator used for a request, on the same cores.
	Generator time.Duration
	// Pace is the CPU time that a fixed piece of work took meanwhile, on the mean of the cores: longer on a slower
	// machine. 0: not known.
	Pace time.Duration
	// Law is how response times are spread: quantiles at evenly spaced shares, over their mean.
	Law []float64 `json:",omitempty"`
}

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

// Calibration are the runs that a deployment is fitted to.
type Calibration struct {
	Cores int
	// Alone are one for each path, by a lone client of one sync worker; weights beside them.
	Alone   []Run
	Names   []string
	Weights []float64
	One     Run   // one sync worker, saturated
	Full    Run   // as many as keep all cores busy, saturated
	Threads Run   // one gthread worker with several threads, saturated
	Others  []Run // of each further class as many workers as there are cores, saturated

	// Those of Full, Threads and Others under a part of what they bear, arriving at random; if it was made.
	Open, ThreadsOpen Run
	OthersOpen        []Run

	// Drift is the standard deviation of a request's work from one round of the runs to the next, as a share; 0:
	// there was one round. Settled is what of it is left where the machine's pace is taken into account, by which
	// the work changes with Elasticity.
	Drift      float64
	Settled    float64
	Elasticity float64
	Rounds     int

	// Only is the saturated run of the one size that there is, instead of One, Full and Threads, where a
	// deployment is not started in others (fitOnly); Private is what one of its workers has of memory for itself,
	// in bytes.
	Only    *Run
	Private float64
}

// Sparse are the runs of classes beside sync under arrivals at random, as far as they were made.
func (c *Calibration) Sparse() (runs []Run) {
	for _, r := range append([]Run{c.ThreadsOpen}, c.OthersOpen...) {
		if r.CPU > 0 {
			runs = append(runs, r)
		}
	}
	return runs
}

const (
	least   = 0.02 // the smallest uncertainty of a deployment's work: two runs of one server differ by as much
	unknown = 0.06 // that of one round of runs, which cannot tell
	misfit  = 0.05 // of a size that was not measured: nine of ten were found to bear what was predicted ± 7 % (make accuracy)
)

// Fit makes a deployment of the runs. It is an error where they contradict each other so that nothing
// can be planned.
func Fit(c Calibration) (Deployment, error) {
	d := Deployment{Cores: c.Cores}
	for i, r := range c.Alone {
		if r.CPU <= 0 || r.Mean <= 0 {
			return d, fmt.Errorf("capacity: of %s a lone client's run says nothing: %v of work, %v to answer", c.Names[i], r.CPU, r.Mean)
		}
		d.Paths = append(d.Paths, Path{Name: c.Names[i], Weight: c.Weights[i], CPU: r.CPU, Wait: max(0, r.Mean-r.CPU-r.Generator), Law: r.Law})
	}
	if len(d.Paths) == 0 {
		return d, errors.New("capacity: no run of a lone client")
	}
	if c.Only != nil {
		err := d.fitOnly(c)
		return d, err
	}
	if c.One.CPU <= 0 || c.One.Throughput <= 0 || c.Full.CPU <= 0 {
		return d, errors.New("capacity: no saturated run")
	}
	d.fitWork(c)
	d.fitWaits(c)
	d.fitThreads(c)
	d.fitMemory(c)
	d.fitClasses(c)
	d.spreadMemory(c)
	return d, nil
}

// fitWork finds what the requests compute. The paths' is that of a saturated worker, the surest figure; what
// it is under other loads, the other runs tell.
func (d *Deployment) fitWork(c Calibration) {
	alone, wait := d.CPU().Seconds(), d.Wait().Seconds()
	reference := c.One.CPU.Seconds()
	of := func(r Run) Demand {
		return Demand{r.busy(), r.CPU.Seconds() / reference, r.Generator.Seconds(), r.Pace.Seconds()}
	}
	sleepy := of(Mean(c.Alone))
	sleepy.Busy, sleepy.Factor = alone/(alone+wait), alone/reference // by the paths' weights
	d.Busy = Demands{}.with(of(c.One), of(c.Full))
	if sleepy.Busy < c.One.busy()-alike {
		d.Busy = d.Busy.with(sleepy)
	}
	if c.Open.CPU > 0 {
		d.Random = Demands{sleepy}.with(of(c.Open), of(c.Full))
	}
	for i := range d.Paths {
		d.Paths[i].CPU = time.Duration(float64(d.Paths[i].CPU) * reference / alone)
	}
	d.Error, d.Settled, d.Elasticity = unknown, unknown, c.Elasticity
	if c.Drift > 0 {
		another := math.Sqrt(1 + 1/float64(c.Rounds)) // of another run, from the mean of these
		d.Error, d.Settled = math.Hypot(misfit, c.Drift*another), math.Hypot(misfit, c.Settled*another)
	}
}

// busy is how many cores the run's server kept busy.
func (r Run) busy() float64 { return r.Throughput * r.CPU.Seconds() }

// fitWaits divides what is left of a lone client's response time. By the utilisation law a saturated worker
// is held 1/X by each request: what it does not compute of it, it waits. The rest of the response is
// spent outside the worker, alike for all paths.
func (d *Deployment) fitWaits(c Calibration) {
	held := 1 / c.One.Throughput
	if c.Cores == 1 {
		held -= c.One.Generator.Seconds() // which was in turn with the worker
	}
	waits := max(0, time.Duration(held*1e9)-c.One.CPU)
	d.Overhead = max(0, d.Wait()-waits)
	for i := range d.Paths {
		d.Paths[i].Wait = max(0, d.Paths[i].Wait-d.Overhead)
	}
}

// fitThreads finds how much of the work needs no lock: one process that is saturated used more than one core
// by as much.
func (d *Deployment) fitThreads(c Calibration) {
	if c.Threads.Threads < 2 || c.Threads.Throughput <= 0 {
		return
	}
	if busy := c.Threads.busy(); busy > 1 {
		d.Outside = time.Duration((busy - 1) / busy * float64(c.Threads.CPU))
	}
}

// fitMemory solves PSS = base + W·(worker + (T−1)·thread) for the three runs that tell.
func (d *Deployment) fitMemory(c Calibration) {
	one, full := float64(c.One.PSS), float64(c.Full.PSS)
	d.Worker = one
	if c.Full.Workers > c.One.Workers {
		d.Worker = max(0, (full-one)/float64(c.Full.Workers-c.One.Workers))
	}
	d.Base = max(0, one-d.Worker)
	if c.Threads.Threads > 1 {
		d.Thread = max(0, (float64(c.Threads.PSS)-one)/float64(c.Threads.Threads-1))
	}
}

// fitClasses finds what the classes have of their own.
func (d *Deployment) fitClasses(c Calibration) {
	d.Classes = make(map[string]Class)
	add := func(r, open Run, worker float64) {
		if r.CPU <= 0 {
			return
		}
		c := Class{Work: d.over(r, false), Worker: worker}
		if open.CPU > 0 && len(d.Random) > 0 {
			c.Random = d.over(open, true)
		}
		d.Classes[r.Class] = c
	}
	add(c.Threads, c.ThreadsOpen, d.Worker)
	for i, r := range c.Others {
		var open Run
		if i < len(c.OthersOpen) {
			open = c.OthersOpen[i]
		}
		add(r, open, max(0, float64(r.PSS)-d.Base)/float64(max(1, r.Workers)))
	}
}

// over is a run's work over that of sync under its load.
func (d *Deployment) over(r Run, random bool) float64 {
	return r.CPU.Seconds() / (d.CPU().Seconds() * d.Paced(r.Pace).load(r.busy(), random))
}
