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
}

// A Path is a kind of request, as a lone client sees it.
type Path struct {
	Name   string
	Weight float64 // share of the requests; any positive numbers
	CPU    time.Duration
	Wait   time.Duration
	CV     float64 // of work and wait, from request to request
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

	// Bias is how unequal the workers are that accept what they cannot serve (sim.Config).
	Bias float64
	// Acquisitions are those of the interpreter lock by a request.
	Acquisitions int

	Spread  Spread       // how far the above may be from the truth, beside Error
	Assumed []Assumption // what the runs do not tell
	Effort  Effort       // of its simulations
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

	// Only is the saturated run of the one size that there is, instead of One, Full and Threads, where a
	// deployment is not started in others (fitOnly); Private is what one of its workers has of memory for itself,
	// in bytes.
	Only    *Run
	Private float64
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
		d.Paths = append(d.Paths, Path{
			Name: c.Names[i], Weight: c.Weights[i], CPU: r.CPU, Wait: max(0, r.Mean-r.CPU),
			CV: min(3, r.Deviation.Seconds()/r.Mean.Seconds()),
		})
	}
	if len(d.Paths) == 0 {
		return d, errors.New("capacity: no run of a lone client")
	}
	if c.Only != nil {
		err := d.fitOnly(c)
		return d, err
	}
	if c.One.CPU <= 0 || c.Full.CPU <= 0 {
		return d, errors.New("capacity: no saturated run")
	}
	// The work of a saturated worker is the surest figure; that of a lone client holds the costs of waking.
	alone := d.CPU()
	for i := range d.Paths {
		d.Paths[i].CPU = time.Duration(float64(d.Paths[i].CPU) * c.One.CPU.Seconds() / alone.Seconds())
		d.Paths[i].Wait = max(0, c.Alone[i].Mean-d.Paths[i].CPU)
	}
	d.Error = max(least, math.Abs(c.One.CPU.Seconds()/alone.Seconds()-1)/4)
	if c.Cores > 1 {
		d.Growth = max(0, c.Full.CPU.Seconds()/c.One.CPU.Seconds()-1)
	}
	d.fitThreads(c)
	d.fitMemory(c)
	d.spreadMemory(c)
	return d, nil
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
