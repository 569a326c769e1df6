package capacity

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results/stat"
)

const (
	least   = 0.02 // the smallest uncertainty of a deployment's work: two runs of one server differ by as much
	unknown = 0.06 // that of one round of runs, which cannot tell
	misfit  = 0.05 // of a size that was not measured: nine of ten were found to bear what was predicted ± 7 % (make accuracy)
	untried = 0.03 // of work under random arrivals, where no run tells of it
	noisy   = 0.08 // of runs during which others were at work on the machine

	otherClass = 0.15 // of the work under a class that was not measured: threads and coroutines were seen to cost 0 to 30 % more
)

// Fit makes a deployment of the runs that there are. Of those that are missing it assumes what they would have told,
// says so (Deployment.Assumed) and widens what is known. It is an error where there is too little, or what there is
// contradicts itself, so that nothing can be planned.
func Fit(c Calibration) (Deployment, error) {
	d := Deployment{Cores: c.Cores}
	r := c.roles()
	if err := d.fitPaths(c, &r); err != nil {
		return d, err
	}
	drift := c.drift()
	d.Elasticity = drift.elasticity()
	if r.one.CPU <= 0 || r.one.Throughput <= 0 {
		only := r.only()
		if only.CPU <= 0 || only.Throughput <= 0 {
			return d, errors.New("capacity: no saturated run")
		}
		d.fitOnly(r, only)
	} else {
		d.fitWork(r, drift, c.rounds())
		d.fitWaits(r)
	}
	d.fitThreads(c, r)
	d.fitMemory(c, r)
	d.fitClasses(c, r)
	if share := c.disturbed(); share > 0 {
		d.Error, d.Settled = math.Hypot(d.Error, share*noisy), math.Hypot(d.Settled, share*noisy)
	}
	return d, nil
}

// rounds is how many there are.
func (c Calibration) rounds() (n int) {
	for _, r := range c.Runs {
		n = max(n, r.Round+1)
	}
	return n
}

// disturbed is the share of the runs that were.
func (c Calibration) disturbed() (share float64) {
	for _, r := range c.Runs {
		if r.Disturbed {
			share += 1 / float64(len(c.Runs))
		}
	}
	return share
}

// fitPaths takes what the lone clients saw. Of the only path there is a saturated worker tells as well.
func (d *Deployment) fitPaths(c Calibration, r *roles) error {
	for i, alone := range r.alone {
		if alone.Class == "" && len(r.alone) == 1 && r.one.CPU > 0 {
			alone = d.withoutLone(r.one)
		}
		if alone.Class == "" {
			return fmt.Errorf("capacity: no run of a lone client for %s", c.Names[i])
		}
		if alone.CPU <= 0 || alone.Mean <= 0 {
			return fmt.Errorf("capacity: of %s a lone client's run says nothing: %v of work, %v to answer", c.Names[i], alone.CPU, alone.Mean)
		}
		d.Paths = append(d.Paths, Path{Name: c.Names[i], Weight: c.Weights[i], CPU: alone.CPU, Wait: max(0, alone.Mean-alone.CPU-alone.Generator), Law: alone.Law})
	}
	if len(d.Paths) == 0 {
		return errors.New("capacity: no run of a lone client")
	}
	return nil
}

// withoutLone is what a saturated worker tells of what a lone client would have seen, had any of its runs counted.
func (d *Deployment) withoutLone(one Run) Run {
	d.Assumed = append(d.Assumed, Assumption{
		What: "what a request waits beside its worker", Unit: "seconds", Taken: stat.Interval{High: one.CPU.Seconds(), Confidence: confidence},
		Why: "no run of a lone client counts; one would tell, and how requests vary",
	})
	one.Mean, one.Law = time.Duration(one.demand().Held*1e9)+one.Generator, nil
	return one
}

// fitWork finds what the requests compute. The paths' is that of a saturated worker, the surest figure; what
// it is under other loads, the other runs tell.
func (d *Deployment) fitWork(r roles, drift drift, rounds int) {
	alone, wait := d.CPU().Seconds(), d.Wait().Seconds()
	reference := r.one.CPU.Seconds()
	of := func(r Run) Demand {
		return Demand{r.busy(), r.CPU.Seconds() / reference, r.Generator.Seconds(), r.Pace.Seconds()}
	}
	sleepy := of(Mean(r.alone))
	sleepy.Busy, sleepy.Factor = alone/(alone+wait), alone/reference // by the paths' weights
	d.Busy = Demands{}.with(of(r.one))
	if r.full.CPU > 0 {
		d.Busy = d.Busy.with(of(r.full))
	}
	if sleepy.Busy < r.one.busy()-alike {
		d.Busy = d.Busy.with(sleepy)
	}
	if open := r.open[r.full.Size]; open.CPU > 0 && r.full.CPU > 0 {
		d.Random = Demands{sleepy}.with(of(open), of(r.full))
	}
	for i := range d.Paths {
		d.Paths[i].CPU = time.Duration(float64(d.Paths[i].CPU) * reference / alone)
	}
	d.Error, d.Settled = unknown, unknown
	if drift.freedom > 0 {
		another := math.Sqrt(1 + 1/float64(rounds)) // of another run, from the mean of these
		d.Error = math.Hypot(misfit, drift.deviation(0)*another)
		d.Settled = math.Hypot(misfit, drift.deviation(d.Elasticity)*another)
	}
	if len(d.Random) == 0 {
		d.Error, d.Settled = math.Hypot(d.Error, untried), math.Hypot(d.Settled, untried)
	}
	if r.full.CPU <= 0 && d.Cores > 1 {
		d.assumeGrowth(r.one, "no run that keeps all cores busy counts; one would tell")
	}
}

// fitWaits divides what is left of a lone client's response time. What a saturated worker is held by each request and
// does not compute of it, it waits. The rest of the response is spent outside the worker, alike for all paths.
func (d *Deployment) fitWaits(r roles) {
	held := r.one.demand().Held
	if d.Cores == 1 {
		held -= r.one.Generator.Seconds() // which was in turn with the worker
	}
	waits := max(0, time.Duration(held*1e9)-r.one.CPU)
	d.Overhead = max(0, d.Wait()-waits)
	for i := range d.Paths {
		d.Paths[i].Wait = max(0, d.Paths[i].Wait-d.Overhead)
	}
}

// fitThreads finds how much of the work needs no lock: one process that is saturated used more than one core
// by as much. Where there was none it is assumed.
func (d *Deployment) fitThreads(c Calibration, r roles) {
	t := r.threads
	each := t.busy() / float64(max(1, t.Workers))
	known := t.Throughput > 0 && (r.one.CPU > 0 || t.Workers < d.Cores && each >= saturated)
	switch {
	case known && each > 1:
		d.Outside = time.Duration((each - 1) / each * float64(t.CPU))
	case !known && d.Cores > 1 && c.threaded(): // else nothing computes at the same time
		d.assumeLock()
	}
}

// fitMemory solves PSS = base + W·(worker + (T−1)·thread) for the three runs that tell, or for as many as there are.
func (d *Deployment) fitMemory(c Calibration, r roles) {
	if r.one.PSS == 0 || r.full.Workers <= r.one.Workers {
		d.fitOwnMemory(c, r)
		return
	}
	one := float64(r.one.PSS)
	d.Worker = max(0, (float64(r.full.PSS)-one)/float64(r.full.Workers-r.one.Workers))
	d.Base = max(0, one-d.Worker)
	d.Spread.At = Size{spec.DefaultClass, r.one.Workers, 1}
	d.Spread.Worker = memoryOff(r.one, r.full, r.full.Workers-r.one.Workers)
	if r.threads.Threads < 2 || r.threads.Workers != r.one.Workers {
		d.assumeThreads(c, "no run of a worker with threads counts; one would tell")
		return
	}
	d.Thread = max(0, (float64(r.threads.PSS)-one)/float64(r.threads.Threads-1))
	d.Spread.Thread = memoryOff(r.one, r.threads, r.threads.Threads-1)
}

// fitClasses finds what the classes have of their own, beside a single worker of the simplest.
func (d *Deployment) fitClasses(c Calibration, r roles) {
	d.Classes = make(map[string]Class)
	if r.one.CPU <= 0 {
		return
	}
	for _, run := range r.saturated {
		if run.Class == r.one.Class || run.CPU <= 0 {
			continue
		}
		class := Class{Work: d.over(run, false), Worker: d.Worker}
		if run.Threads < 2 {
			class.Worker = max(0, float64(run.PSS)-d.Base) / float64(max(1, run.Workers))
		}
		if open := r.open[run.Size]; open.CPU > 0 && len(d.Random) > 0 {
			class.Random = d.over(open, true)
		}
		d.Classes[run.Class] = class
	}
	for _, class := range c.Classes {
		if _, measured := d.Classes[class]; measured || class == r.one.Class {
			continue
		}
		d.Classes[class] = Class{Work: 1, Worker: d.Worker, Error: otherClass}
		d.Assumed = append(d.Assumed, Assumption{
			What: fmt.Sprintf("work of a request under %s, over that under %s", class, r.one.Class), Unit: "share",
			Taken: around(1, nineOfTen*otherClass), Why: "no run of it counts; one would tell",
		})
	}
}

// over is a run's work over that of the simplest class under its load.
func (d *Deployment) over(r Run, random bool) float64 {
	return r.CPU.Seconds() / (d.CPU().Seconds() * d.Paced(r.Pace).load(r.busy(), random))
}
