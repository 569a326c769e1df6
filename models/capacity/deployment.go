package capacity

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
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
	// Law is how response times are spread: quantiles at evenly spaced shares, over their mean.
	Law []float64 `json:"-"`
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

// A Demand is how much longer a request's work takes when so many cores are busy: for caches and cores that are
// shared it grows, and it shrinks where a core that sleeps in between is slow to wake.
type Demand struct {
	Busy      float64 // cores
	Factor    float64 // of the paths' CPU
	Generator float64 // seconds that a client beside the server works for a request, likewise
}

// A Class is what sets a worker class apart from sync.
type Class struct {
	Work   float64 // of a request over that of sync: threads and coroutines are switched
	Worker float64 // bytes of memory of a worker with one thread
}

// A Deployment is what the runs say of it.
type Deployment struct {
	Cores   int
	Paths   []Path
	Outside time.Duration // of a request's work, what threads do at the same time: without the lock
	Demands []Demand      // by rising Busy; nil: the work is always the same
	Classes map[string]Class
	Error   float64 // standard deviation of the work as a share of it: how well it is known

	Base   float64 // bytes of memory: of the arbiter and what all share
	Worker float64 // of each sync worker
	Thread float64 // of each thread beyond the first

	// Overhead is what a client waits for beside that: connections, wake-ups.
	Overhead time.Duration

	Spread  Spread       // how far the above may be from the truth, beside Error
	Assumed []Assumption // what the runs do not tell
	Effort  Effort       // of its simulations

	fair, lockless, steady, clientless bool // see Without
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

// factor is how much longer than the paths' CPU the work takes under a class while so many cores are busy.
func (d *Deployment) factor(class string, busy float64) float64 {
	work := 1.0
	if c, ok := d.Classes[class]; ok {
		work = c.Work
	}
	return work * d.load(busy)
}

// load is how much longer the work takes while so many cores are busy.
func (d *Deployment) load(busy float64) float64 {
	if d.steady || len(d.Demands) == 0 {
		return 1
	}
	return d.at(busy).Factor
}

// at is between the demands a straight line, and constant beyond them; there is one at least.
func (d *Deployment) at(busy float64) Demand {
	for i, now := range d.Demands {
		if busy > now.Busy {
			continue
		}
		if i == 0 {
			return now
		}
		before := d.Demands[i-1]
		part := (busy - before.Busy) / (now.Busy - before.Busy)
		return Demand{busy, before.Factor + part*(now.Factor-before.Factor), before.Generator + part*(now.Generator-before.Generator)}
	}
	return d.Demands[len(d.Demands)-1]
}

// generator is the work of a client for a request while so many cores are busy.
func (d *Deployment) generator(busy float64) time.Duration {
	if d.clientless || len(d.Demands) == 0 {
		return 0
	}
	return time.Duration(d.at(busy).Generator * 1e9)
}

// busy is how many cores a size keeps busy at a rate.
func (d *Deployment) busy(s Size, rate float64) float64 {
	const rounds = 8
	most := float64(min(s.Workers, d.Cores))
	busy := most
	for range rounds {
		busy = min(most, rate*d.CPU().Seconds()*d.factor(s.Class, busy))
	}
	return busy
}

// Growth is by how much more a request computes when every core is busy than when one is: 0.2 for 20 %.
func (d *Deployment) Growth() float64 { return d.load(float64(d.Cores))/d.load(1) - 1 }

// Calibration are the runs that a deployment is fitted to.
type Calibration struct {
	Cores int
	// Alone are one for each path, by a lone client of one sync worker; weights beside them.
	Alone   []Run
	Names   []string
	Weights []float64
	One     Run   // one sync worker, saturated
	Full    Run   // as many as keep all cores busy, saturated
	Open    Run   // these under a part of what they bear, arriving at random; if it was made
	Threads Run   // one gthread worker with several threads, saturated
	Others  []Run // of each further class as many workers as there are cores, saturated

	// Drift is the standard deviation of a request's work from one round of the runs to the next, as a share; 0:
	// there was one round.
	Drift  float64
	Rounds int

	// Only is the saturated run of the one size that there is, instead of One, Full and Threads, where a
	// deployment is not started in others (fitOnly); Private is what one of its workers has of memory for itself,
	// in bytes.
	Only    *Run
	Private float64
}

// acquisitions are how often a request of gunicorn's gthread takes the lock, beside its acceptor and the end of its
// wait: what hogs of the lock cost it, divided by what each hog costs each time (accuracy measures it).
const acquisitions = 4

const (
	least   = 0.02 // the smallest uncertainty of a deployment's work: two runs of one server differ by as much
	unknown = 0.06 // that of one round of runs, which cannot tell
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
	reference, alone := c.One.CPU.Seconds(), d.CPU().Seconds()
	lone := Mean(c.Alone).Generator.Seconds()
	d.demand(Demand{alone / (alone + d.Wait().Seconds()), alone / reference, lone})
	for _, r := range []Run{c.One, c.Full, c.Open} {
		if r.CPU > 0 {
			d.demand(Demand{r.Throughput * r.CPU.Seconds(), r.CPU.Seconds() / reference, r.Generator.Seconds()})
		}
	}
	for i := range d.Paths {
		d.Paths[i].CPU = time.Duration(float64(d.Paths[i].CPU) * reference / alone)
	}
	d.Error = unknown
	if c.Drift > 0 {
		d.Error = max(least, c.Drift*math.Sqrt(1+1/float64(c.Rounds))) // of another run, from the mean of these
	}
}

// demand adds a point, or draws one that is nearly there to the middle of both.
func (d *Deployment) demand(more Demand) {
	const near = 0.1 // cores
	for i, p := range d.Demands {
		if math.Abs(p.Busy-more.Busy) < near {
			d.Demands[i] = Demand{(p.Busy + more.Busy) / 2, (p.Factor + more.Factor) / 2, (p.Generator + more.Generator) / 2}
			return
		}
	}
	d.Demands = append(d.Demands, more)
	slices.SortFunc(d.Demands, func(a, b Demand) int { return cmp.Compare(a.Busy, b.Busy) })
}

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
	busy := c.Threads.Throughput * c.Threads.CPU.Seconds() // cores
	if busy > 1 {
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
	add := func(r Run, worker float64) {
		busy := r.Throughput * r.CPU.Seconds()
		d.Classes[r.Class] = Class{r.CPU.Seconds() / (d.CPU().Seconds() * d.load(busy)), worker}
	}
	if c.Threads.CPU > 0 {
		add(c.Threads, d.Worker)
	}
	for _, r := range c.Others {
		if r.CPU > 0 {
			add(r, max(0, float64(r.PSS)-d.Base)/float64(max(1, r.Workers)))
		}
	}
}
