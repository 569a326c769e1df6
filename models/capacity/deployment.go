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
	Deviation     time.Duration // standard deviation of the response times
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

// A Deployment is what the runs say of it.
type Deployment struct {
	Cores   int
	Paths   []Path
	Outside time.Duration // of a request's work, what threads do at the same time: without the lock
	Growth  float64       // by how much more a request computes when every core is busy: 0.2 for 20 %
	Error   float64       // standard deviation of the work as a share of it: how well it is known

	Base   float64 // bytes of memory: of the arbiter and what all share
	Worker float64 // of each worker
	Thread float64 // of each thread

	// Overhead is what a client waits for beside that: connections, wake-ups.
	Overhead time.Duration
	// Generator is the work of clients for each request, where they are on the server's cores.
	Generator time.Duration

	// Bias is how unequal the workers are that accept what they cannot serve (sim.Config).
	Bias float64
	// Acquisitions are those of the interpreter lock by a request.
	Acquisitions int

	fair, lockless bool // see Without
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
func (d *Deployment) Memory(workers, threads int) float64 {
	return d.Base + float64(workers)*(d.Worker+float64(threads-1)*d.Thread)
}

// Calibration are the runs that a deployment is fitted to.
type Calibration struct {
	Cores int
	// Alone are one for each path, by a lone client of one sync worker; weights beside them.
	Alone   []Run
	Names   []string
	Weights []float64
	One     Run // one sync worker, saturated
	Full    Run // as many as there are cores, saturated
	Threads Run // one gthread worker with several threads, saturated
}

// least is the smallest uncertainty of a deployment's work: two runs of one server differ by as much.
const least = 0.02

// Fit makes a deployment of the runs. It is an error where they contradict each other so that nothing
// can be planned.
func Fit(c Calibration) (Deployment, error) {
	d := Deployment{Cores: c.Cores, Bias: 0.5, Acquisitions: 6}
	for i, r := range c.Alone {
		if r.CPU <= 0 || r.Mean <= 0 {
			return d, fmt.Errorf("capacity: of %s a lone client's run says nothing: %v of work, %v to answer", c.Names[i], r.CPU, r.Mean)
		}
		d.Paths = append(d.Paths, Path{Name: c.Names[i], Weight: c.Weights[i], CPU: r.CPU, Wait: r.Mean, Law: r.Law})
	}
	if len(d.Paths) == 0 {
		return d, errors.New("capacity: no run of a lone client")
	}
	if c.One.CPU <= 0 || c.One.Throughput <= 0 || c.Full.CPU <= 0 {
		return d, errors.New("capacity: no saturated run")
	}
	d.fitWork(c)
	d.fitWaits(c)
	d.fitThreads(c)
	d.fitMemory(c)
	return d, nil
}

// fitWork finds what the requests compute. The work of a saturated worker is the surest figure; that of a lone
// client holds the costs of waking.
func (d *Deployment) fitWork(c Calibration) {
	alone := d.CPU()
	for i := range d.Paths {
		d.Paths[i].CPU = time.Duration(float64(d.Paths[i].CPU) * c.One.CPU.Seconds() / alone.Seconds())
	}
	d.Error = max(least, math.Abs(c.One.CPU.Seconds()/alone.Seconds()-1)/4)
	if c.Cores > 1 {
		d.Growth = max(0, c.Full.CPU.Seconds()/c.One.CPU.Seconds()-1)
	}
	d.Generator = c.One.Generator
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
	rest := func(p Path) time.Duration { return max(0, p.Wait-p.CPU-c.One.Generator) }
	d.Overhead = max(0, d.mean(rest)-waits)
	for i, p := range d.Paths {
		d.Paths[i].Wait = max(0, rest(p)-d.Overhead)
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
