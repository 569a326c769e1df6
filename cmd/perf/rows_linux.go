package main

import (
	"math"
	"slices"

	"github.com/workerlab/workerlab/results/stat"
)

// A row is one promise about speed.
type row struct {
	What   string
	Unit   string
	Most   bool // the target is the most that is allowed; otherwise the least
	Target float64
	cells  []string // whose samples it rests on
	value  func(block) float64

	// byCPU, if not nil, is the ratio of requests/s that the CPU time a request predicts for saturated
	// cores. Where the two differ, somebody else had the cores, or the generator was the bottleneck.
	byCPU func(block) float64
}

// A block holds what was measured in it.
type block struct {
	samples map[string]sample  // by cell
	values  map[string]float64 // of what is no cell, by name
}

// core is the suite of the server core, all with one worker and a hello.
func core() suite {
	return suite{
		Name: "core", Does: "one worker, hello", Attacks: true, Cells: coreCells(), Columns: serverColumns(), Rows: coreRows(),
		Noise:  rates(netHTTPAgain, netHTTP, "requests/s", 1),
		Needs:  []string{"wrk"},
		Before: allocations, Beside: idle,
	}
}

// coreRows are what the server core promises.
func coreRows() []row {
	var all []row
	for _, class := range loops() {
		all = append(all, rates(class, netHTTP, "requests/s", 1.7))
	}
	for _, class := range loops() {
		all = append(all, row{
			What: "bare epoll loop / " + class + ": CPU a request", Unit: "×", Target: 0.85,
			cells: []string{epollLoop, class}, value: cpuRatio(epollLoop, class),
		})
	}
	all = append(all,
		rates(gthread, netHTTP, "requests/s", 1.5),
		row{
			What: "gthread 4 / net/http: a lone request's latency", Unit: "×", Most: true, Target: 2,
			cells: []string{gthreadLone, netHTTPLone},
			value: func(b block) float64 {
				return b.samples[gthreadLone].P50.Seconds() / b.samples[netHTTPLone].P50.Seconds()
			},
		},
		rates(syncEach, acceptLoop, "connections/s", 0.8),
		row{
			What: "gevent: memory of an idle keep-alive connection", Unit: "KiB PSS", Most: true, Target: 8,
			value: func(b block) float64 { return b.values[idleConnection] / 1024 },
		})
	for _, p := range paths() {
		all = append(all, row{
			What: allocationsOf + p.Name, Most: true, Target: p.Most,
			value: func(b block) float64 { return b.values[allocationsOf+p.Name] },
		})
	}
	return all
}

// Names of values that are no cells'.
const (
	idleConnection = "idle connection, bytes of PSS"
	allocationsOf  = "allocations a request: "
)

// rates compares the requests/s of two cells.
func rates(ours, reference, unit string, target float64) row {
	return row{
		What: ours + " / " + reference + ": " + unit, Unit: "×", Target: target, cells: []string{ours, reference},
		value: rateRatio(ours, reference), byCPU: cpuRatio(reference, ours),
	}
}

func rateRatio(a, b string) func(block) float64 {
	return func(bl block) float64 { return bl.samples[a].Rate / bl.samples[b].Rate }
}

func cpuRatio(a, b string) func(block) float64 {
	return func(bl block) float64 { return bl.samples[a].CPU / bl.samples[b].CPU }
}

// met reports whether x is within the row's target.
func (r row) met(x float64) bool {
	if r.Most {
		return x <= r.Target
	}
	return x >= r.Target
}

// A standing is how a row came out.
type standing struct {
	stat.Interval
	Blocks    int     // that it rests on
	Disturbed bool    // there were too few calm blocks, so it rests on all
	ByCPU     float64 // median; NaN where there is none
}

// fewest is how many calm blocks are worth more than all blocks.
const fewest = 3

// over gathers the row's value in every block, or where there are enough of them in those in which
// nobody disturbed the samples that it rests on.
func (r row) over(all []block) standing {
	blocks := slices.DeleteFunc(slices.Clone(all), r.disturbed)
	s := standing{ByCPU: math.NaN(), Disturbed: len(blocks) < min(fewest, len(all))}
	if s.Disturbed {
		blocks = all
	}
	s.Blocks = len(blocks)
	s.Interval = middle(gather(blocks, r.value))
	if r.byCPU != nil {
		s.ByCPU = stat.Median(gather(blocks, r.byCPU))
	}
	return s
}

func (r row) disturbed(b block) bool {
	return slices.ContainsFunc(r.cells, func(cell string) bool { return b.samples[cell].Account.tainted() })
}

func gather(blocks []block, value func(block) float64) []float64 {
	values := make([]float64, len(blocks))
	for i, b := range blocks {
		values[i] = value(b)
	}
	return values
}

// verdict weighs the median, says where the noise would allow the opposite, and where the server was
// kept from showing what its CPU time promises.
func (r row) verdict(s standing) string {
	verdict := "missed"
	if r.met(s.Estimate) {
		verdict = "met"
	}
	if r.met(s.Low) != r.met(s.High) {
		verdict += ", narrowly"
	}
	if s.Disturbed {
		verdict += ", disturbed"
	}
	if !r.met(s.Estimate) && r.met(s.ByCPU) {
		verdict += "; met by CPU"
	}
	return verdict
}
