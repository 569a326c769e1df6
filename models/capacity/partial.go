package capacity

import (
	"errors"
	"math"
	"time"

	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results/stat"
)

// An Assumption is what a calibration could not learn, and what was taken for it.
type Assumption struct {
	What  string
	Taken stat.Interval // the value, and the bounds between which it may be
	Unit  string        // "seconds", "bytes", or "share"
	Why   string        // what would have told, and did not
}

// A Spread says how far what is known of a deployment may be from the truth, either way.
type Spread struct {
	Outside time.Duration // of the work without the lock; every replication draws its own
	Worker  float64       // bytes, nine times out of ten
	Thread  float64       // likewise
	At      Size          // the size whose memory was measured
}

// What is assumed where one configuration alone was measured.
const (
	assumedGrowth = 0.10 // of the work when all cores are busy, give or take as much: two cores and Python gave 0.05 to 0.2
	growthSpread  = 0.06 // its standard deviation, of 0 to 20 %, all equally likely
	assumedFree   = 0.15 // share of the work without the lock, give or take as much
	threadBytes   = 256 << 10
	ownSpread     = 0.10 // of what a lone worker has for itself: another one would share some of it
	sharedSpread  = 0.05 // of what one of several has
	mostlyBusy    = 0.5  // of the cores beyond the first, from which on growth is seen
	saturated     = 0.95 // of a core by each worker, from which on it is the lock that limits it
	memoryNoise   = 0.01 // of PSS, from start to start
)

// fitOnly fits the rest of a deployment to the saturated run of the one size that there is, of which the lone
// clients' runs are too. The rule:
//
//   - Work: the lone client's on one core, the saturated run's on as many as it kept busy. Growth is their
//     ratio where the run kept more than half of the further cores busy, and assumed elsewhere.
//   - Lock: known where fewer workers of several threads than cores were each saturated; assumed elsewhere.
//   - Memory: a worker takes what one of them has for itself, and the rest is shared. A thread is assumed.
//
// All that is assumed is in Assumed, and widens Error or Spread.
func (d *Deployment) fitOnly(c Calibration) error {
	r := c.Only
	if r.CPU <= 0 || r.Throughput <= 0 {
		return errors.New("capacity: no saturated run")
	}
	busy := r.busy()
	d.fitGrowth(c, busy)
	d.fitLock(c, busy)
	d.fitOwnMemory(c)
	return nil
}

func (d *Deployment) fitGrowth(c Calibration, busy float64) {
	ratio := c.Only.CPU.Seconds() / d.CPU().Seconds()
	d.Error = max(least, math.Abs(ratio-1)/4)
	further := float64(c.Cores - 1)
	seen := further > 0 && busy >= 1+mostlyBusy*further
	if seen && ratio > 1 {
		d.fitGrown(c, (ratio-1)*further/(busy-1))
		return
	}
	// The work of saturated workers is the surest figure; that of a lone client holds the costs of waking.
	for i := range d.Paths {
		p := &d.Paths[i]
		p.CPU = time.Duration(float64(p.CPU) * ratio)
		p.Wait = max(0, c.Alone[i].Mean-p.CPU-c.Alone[i].Generator)
	}
	d.fitGrown(c, 0)
	if seen || further == 0 {
		return
	}
	d.fitGrown(c, assumedGrowth)
	d.Error = math.Hypot(d.Error, growthSpread)
	d.Assumed = append(d.Assumed, Assumption{
		What: "how much more a request computes when all cores are busy", Unit: "share",
		Taken: around(assumedGrowth, assumedGrowth),
		Why:   "the workers that run did not keep the cores busy; as many sync workers as cores, saturated, would tell",
	})
}

// fitGrown lets the work grow by a share from one busy core to all of them.
func (d *Deployment) fitGrown(c Calibration, share float64) {
	client := c.Only.Generator.Seconds()
	d.Busy = Demands{{Busy: 1, Factor: 1, Generator: client}}
	if c.Cores > 1 {
		d.Busy = d.Busy.with(Demand{Busy: float64(c.Cores), Factor: 1 + share, Generator: client})
	}
}

func (d *Deployment) fitLock(c Calibration, busy float64) {
	r := c.Only
	each := busy / float64(r.Workers)
	if r.Threads > 1 && r.Workers < c.Cores && each >= saturated {
		d.Outside = time.Duration(max(0, each-1) / each * float64(r.CPU))
		return
	}
	if c.Cores == 1 {
		return // nothing computes at the same time
	}
	half := time.Duration(assumedFree * float64(d.CPU()))
	d.Outside, d.Spread.Outside = half, half
	d.Assumed = append(d.Assumed, Assumption{
		What: "work of a request that needs no interpreter lock", Unit: "seconds",
		Taken: around(half.Seconds(), half.Seconds()),
		Why:   "no worker with threads was saturated by itself; one gthread worker of 4 threads would tell",
	})
}

func (d *Deployment) fitOwnMemory(c Calibration) {
	r := c.Only
	threads := float64(r.Threads - 1)
	d.Thread, d.Spread.Thread = threadBytes, threadBytes
	d.Worker = max(0, c.Private-threads*d.Thread)
	d.Base = max(0, float64(r.PSS)-float64(r.Workers)*c.Private)
	d.Spread.At = Size{r.Class, r.Workers, r.Threads}
	d.Spread.Worker = sharedSpread * c.Private
	why := "one size runs; a worker is taken for what each of the present ones has for itself"
	if r.Workers == 1 {
		d.Spread.Worker = ownSpread * c.Private
		why = "one worker runs; another is taken for what that one has for itself, though the two may share some of it"
	}
	d.Assumed = append(d.Assumed,
		Assumption{"memory of a further worker", around(d.Worker, d.Spread.Worker), "bytes", why},
		Assumption{"memory of a further thread", around(d.Thread, d.Spread.Thread), "bytes", "one number of threads runs; another would tell"})
}

func around(value, spread float64) stat.Interval {
	return stat.Interval{Estimate: value, Low: max(0, value-spread), High: value + spread, Confidence: confidence}
}

// spreadMemory says how well the differences of several sizes' memory are known.
func (d *Deployment) spreadMemory(c Calibration) {
	noise := func(a, b Run, by int) float64 {
		if by < 1 {
			return 0
		}
		const nineOfTen = 1.645
		return nineOfTen * memoryNoise * math.Hypot(float64(a.PSS), float64(b.PSS)) / float64(by)
	}
	d.Spread.At = Size{spec.DefaultClass, c.One.Workers, 1}
	d.Spread.Worker = noise(c.One, c.Full, c.Full.Workers-c.One.Workers)
	d.Spread.Thread = noise(c.One, c.Threads, c.Threads.Threads-1)
}

// MemoryRange is what a configuration takes, in bytes, and the bounds of it: the further it is from the size
// that was measured, the wider.
func (d *Deployment) MemoryRange(s Size) stat.Interval {
	value := d.Memory(s)
	at := d.Spread.At
	workers := float64(s.Workers - at.Workers)
	threads := float64(s.Workers*(s.Threads-1) - at.Workers*(at.Threads-1))
	const nineOfTen = 1.645
	half := math.Hypot(nineOfTen*memoryNoise*value, math.Hypot(workers*d.Spread.Worker, threads*d.Spread.Thread))
	return around(value, half)
}

// outside is the work without the lock as it may be, from a number drawn uniformly from 0 to 1.
func (d *Deployment) outside(uniform float64) time.Duration {
	return d.Outside + time.Duration((2*uniform-1)*float64(d.Spread.Outside))
}
