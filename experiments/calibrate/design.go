package calibrate

import (
	"math"
	"slices"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/models/spec"
)

// A Design is what is to be calibrated, and how.
type Design struct {
	Paths   []trial.Path
	Cores   int
	Classes []string      // that the application can be served by, the simplest first; only those are started
	Rounds  int           // how often all the runs are made; 0: once. A second round tells how the work drifts
	Window  time.Duration // of each run
	Seed    uint64
	Only    capacity.Size // the one size that runs, where none is started; zero: those that the runs call for
}

const (
	mostAsked = 256 // clients that saturate a deployment
	bearable  = 0.7 // of what it bears, for the runs under random arrivals
	patience  = 30 * time.Second
)

// WarmUp goes before each run's window, under the same load.
const WarmUp = trial.LongWarmUp

// lone is a lone client that asks for one path.
func (d Design) lone(s capacity.Size, p trial.Path) trial.Trial {
	return d.under(s, spec.Load{Do: trial.Asking(trial.Path{Path: p.Path, Weight: 1}), Clients: 1})
}

// Saturated is a size that so many clients keep busy.
func (d Design) Saturated(s capacity.Size, clients int) trial.Trial {
	return d.under(s, spec.Load{Do: trial.Asking(d.Paths...), Clients: clients})
}

// Open is a size under so many requests a second that arrive at random.
func (d Design) Open(s capacity.Size, rate float64) trial.Trial {
	return d.under(s, spec.Load{Do: trial.Asking(d.Paths...), Rate: rate, Arriving: spec.Exponential})
}

// under is a size under a load, on all cores, as a trial of which one block is made in each round.
func (d Design) under(s capacity.Size, l spec.Load) trial.Trial {
	l.Timeout = patience
	return trial.Trial{
		System: System, Server: spec.Server{Class: s.Class, Workers: s.Workers, Threads: s.Threads},
		Place: trial.All, Load: l, Window: d.Window, Group: "calibration", Blocks: max(1, d.Rounds),
	}
}

// System is what a deployment is called in records.
const System = "deployment"

// A found is how far a calibration is: what the runs so far say of sizes and loads of the next.
type found interface {
	// of is what a trial came to in the first round in which it counted.
	of(trial.Trial) (capacity.Run, bool)
}

// trials are the runs of a round, in order. Which sizes and rates there are, the runs before them tell: next is
// called with each as it is known, until it returns false.
func (d Design) trials(f found, next func(trial.Trial) bool) {
	first := capacity.Size{Class: d.Classes[0], Workers: 1, Threads: 1}
	if d.attached() {
		first = d.Only
	}
	for _, p := range d.Paths {
		if !next(d.lone(first, p)) {
			return
		}
	}
	held := d.held(f, first)
	if d.attached() {
		d.both(f, first, d.saturating(first, held), next)
		return
	}
	const few = 4
	clients := few
	if slots(first) == 0 {
		clients = d.saturating(first, held)
	}
	if !next(d.Saturated(first, clients)) {
		return
	}
	for _, s := range d.sizes(held) {
		if !d.both(f, s, d.saturating(s, held), next) {
			return
		}
	}
}

func (d Design) attached() bool { return d.Only.Workers > 0 }

// both is a size saturated, and then under a part of what it bore, arriving at random.
func (d Design) both(f found, s capacity.Size, clients int, next func(trial.Trial) bool) bool {
	saturated := d.Saturated(s, clients)
	if !next(saturated) {
		return false
	}
	bore, known := f.of(saturated)
	return !known || next(d.Open(s, bearable*bore.Throughput))
}

// sizes are those that are measured beside the first: one worker with threads where a class has them, others as many
// workers as there are cores, and at last as many of the simplest class as keep all cores busy.
func (d Design) sizes(held float64) (all []capacity.Size) {
	for _, class := range d.Classes[1:] {
		s := capacity.Size{Class: class, Workers: max(2, d.Cores), Threads: 1}
		if m, _ := catalog.Named(class); m.Threads {
			s.Workers, s.Threads = 1, threads(held)
		}
		all = append(all, s)
	}
	return append(all, d.full(held))
}

// runs is how many a calibration has at most.
func (d Design) runs() int {
	if d.attached() {
		return max(1, d.Rounds) * (len(d.Paths) + 2)
	}
	return max(1, d.Rounds) * (len(d.Paths) + 1 + 2*len(d.Classes))
}

// Checked is the size whose run under random arrivals the fit of the others is held to.
func (d Design) Checked(c capacity.Calibration) capacity.Size {
	if d.attached() {
		return d.Only
	}
	var of capacity.Size
	for _, r := range c.Runs {
		if r.Class == d.Classes[0] && r.Workers > of.Workers {
			of = r.Size
		}
	}
	return of
}

// full is the size of workers of the simplest class that keep all cores busy: as many as there are cores, or more
// where they wait, unless they serve others meanwhile.
func (d Design) full(held float64) capacity.Size {
	const most, room = 16, 1.3
	s := capacity.Size{Class: d.Classes[0], Workers: max(2, d.Cores), Threads: 1}
	if held > 1.2 && slots(s) > 0 {
		s.Workers = max(s.Workers, min(most, int(math.Ceil(room*held*float64(d.Cores)))))
	}
	return s
}

// threads is how many keep the interpreter lock of one worker busy: four, or more where they wait.
func threads(held float64) int {
	const least, most, room = 4, 32, 1.5
	return least * max(1, min(most/least, int(math.Ceil(room*held/least))))
}

// held is how much longer a request takes a lone client than it computes; 1 where no run tells.
func (d Design) held(f found, s capacity.Size) float64 {
	var work, all float64
	for _, p := range d.Paths {
		if r, known := f.of(d.lone(s, p)); known {
			work += p.Weight * r.CPU.Seconds()
			all += p.Weight * max(r.Mean, r.CPU).Seconds()
		}
	}
	if all == 0 {
		return 1
	}
	return all / max(work, 1e-6)
}

// saturating is how many clients keep all that can be busy busy: twice the requests that the size serves at
// once, or, of a class that serves any number, twice those that fill the cores while the others wait.
func (d Design) saturating(s capacity.Size, held float64) int {
	const least = 4
	served := slots(s)
	if served == 0 {
		served = min(mostAsked, int(math.Ceil(float64(min(s.Workers, d.Cores))*held)))
	}
	return max(least, min(mostAsked, 2*served))
}

// slots is how many requests a size serves at once; 0: any number.
func slots(s capacity.Size) int {
	m, known := catalog.Named(s.Class)
	if !known {
		return 0
	}
	return s.Workers * m.Discipline(spec.Server{Class: s.Class, Workers: s.Workers, Threads: s.Threads}.Filled()).Slots
}

// Servable are the classes that can serve what is served by one, of a program that has them: an application that is
// awaited is served by no other class, and no other by one that awaits.
func Servable(by Serving, program string, classes []string) (can []string) {
	served, _ := catalog.Named(by.Class)
	for _, class := range classes {
		m, known := catalog.Named(class)
		if known && m.Awaits == served.Awaits && (!m.Ours || program == workerlab) && !slices.Contains(can, m.Name) {
			can = append(can, m.Name)
		}
	}
	return can
}
