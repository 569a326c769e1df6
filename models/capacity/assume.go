package capacity

import (
	"math"
	"time"

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

// fitOnly fits the work where there is no run of a single worker: to the lone clients' runs and to a saturated one of
// some other size. The lone client's is that on one core, the saturated run's that on as many as it kept busy. Growth
// is their ratio where the run kept more than half of the further cores busy, and assumed elsewhere.
func (d *Deployment) fitOnly(r roles, only Run) {
	ratio, busy := only.CPU.Seconds()/d.CPU().Seconds(), only.busy()
	d.Error = max(unknown, math.Abs(ratio-1)/4)
	defer func() { d.Settled = d.Error }()
	further := float64(d.Cores - 1)
	seen := further > 0 && busy >= 1+mostlyBusy*further
	if seen && ratio > 1 {
		d.fitGrown(only, (ratio-1)*further/(busy-1))
		return
	}
	// The work of saturated workers is the surest figure; that of a lone client holds the costs of waking.
	for i := range d.Paths {
		p := &d.Paths[i]
		p.CPU = time.Duration(float64(p.CPU) * ratio)
		p.Wait = max(0, r.alone[i].Mean-p.CPU-r.alone[i].Generator)
	}
	d.fitGrown(only, 0)
	if !seen && further > 0 {
		d.assumeGrowth(only, "the workers that run did not keep the cores busy; as many as cores, saturated, would tell")
	}
}

// fitGrown lets the work grow by a share from one busy core to all of them.
func (d *Deployment) fitGrown(from Run, share float64) {
	client, pace := from.Generator.Seconds(), from.Pace.Seconds()
	d.Busy = Demands{{Busy: 1, Factor: 1, Generator: client, Pace: pace}}
	if d.Cores > 1 {
		d.Busy = d.Busy.with(Demand{Busy: float64(d.Cores), Factor: 1 + share, Generator: client, Pace: pace})
	}
}

// assumeGrowth takes what is usual for it.
func (d *Deployment) assumeGrowth(from Run, why string) {
	d.fitGrown(from, assumedGrowth)
	d.Error, d.Settled = math.Hypot(d.Error, growthSpread), math.Hypot(d.Settled, growthSpread)
	d.Assumed = append(d.Assumed, Assumption{
		What: "how much more a request computes when all cores are busy", Unit: "share",
		Taken: around(assumedGrowth, assumedGrowth), Why: why,
	})
}

// assumeLock takes what is usual for the work outside the lock.
func (d *Deployment) assumeLock() {
	half := time.Duration(assumedFree * float64(d.CPU()))
	d.Outside, d.Spread.Outside = half, half
	d.Assumed = append(d.Assumed, Assumption{
		What: "work of a request that needs no interpreter lock", Unit: "seconds",
		Taken: around(half.Seconds(), half.Seconds()),
		Why:   "no worker with threads was saturated by itself; one of 4 threads would tell",
	})
}

// fitOwnMemory takes a further worker for what those that there are have for themselves, and the rest for shared.
func (d *Deployment) fitOwnMemory(c Calibration, r roles) {
	run := r.only()
	why := "one size runs; a worker is taken for what each of the present ones has for itself"
	switch {
	case r.one.PSS > 0:
		run, why = r.one, "no run of several workers counts; a worker is taken for what a single one has for itself"
	case run.Workers == 1:
		why = "one worker runs; another is taken for what that one has for itself, though the two may share some of it"
	}
	threads, shared := float64(run.Threads-1), sharedSpread
	if run.Workers == 1 {
		shared = ownSpread
	}
	d.Worker = max(0, run.Private-threads*threadBytes)
	d.Base = max(0, float64(run.PSS)-float64(run.Workers)*run.Private)
	d.Spread.At, d.Spread.Worker = run.Size, shared*run.Private
	d.Assumed = append(d.Assumed, Assumption{"memory of a further worker", around(d.Worker, d.Spread.Worker), "bytes", why})
	d.assumeThreads(c, "one number of threads runs; another would tell")
}

// assumeThreads takes what is usual for a thread's memory, where there are threads at all.
func (d *Deployment) assumeThreads(c Calibration, why string) {
	if !c.threaded() {
		return
	}
	d.Thread, d.Spread.Thread = threadBytes, threadBytes
	d.Assumed = append(d.Assumed, Assumption{"memory of a further thread", around(d.Thread, d.Spread.Thread), "bytes", why})
}

func around(value, spread float64) stat.Interval {
	return stat.Interval{Estimate: value, Low: max(0, value-spread), High: value + spread, Confidence: confidence}
}

const nineOfTen = 1.645 // standard deviations

// memoryOff is how far the difference of two runs' memory may be off, by each of so many workers or threads.
func memoryOff(a, b Run, by int) float64 {
	return nineOfTen * memoryNoise * math.Hypot(float64(a.PSS), float64(b.PSS)) / float64(by)
}

// MemoryRange is what a configuration takes, in bytes, and the bounds of it: the further it is from the size
// that was measured, the wider.
func (d *Deployment) MemoryRange(s Size) stat.Interval {
	value := d.Memory(s)
	at := d.Spread.At
	workers := float64(s.Workers - at.Workers)
	threads := float64(s.Workers*(s.Threads-1) - at.Workers*(at.Threads-1))
	half := math.Hypot(nineOfTen*memoryNoise*value, math.Hypot(workers*d.Spread.Worker, threads*d.Spread.Thread))
	return around(value, half)
}

// outside is the work without the lock as it may be, from a number drawn uniformly from 0 to 1.
func (d *Deployment) outside(uniform float64) time.Duration {
	return d.Outside + time.Duration((2*uniform-1)*float64(d.Spread.Outside))
}
