package capacity

import (
	"slices"
	"time"

	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/models/demand"
	"github.com/workerlab/workerlab/models/spec"
)

// A Run is what was measured of a deployment under a load.
type Run struct {
	Size
	Path          string        `json:",omitempty"` // the only one asked for; "": all, by their weights
	Round         int           `json:",omitempty"` // of those in which all the runs are made, from 0
	Clients       int           `json:",omitempty"` // of a closed loop; 0: an open one
	Rate          float64       `json:",omitempty"` // requests/s of an open loop
	Throughput    float64       // requests/s
	CPU           time.Duration // that all processes used for a request
	Mean          time.Duration // response time
	P50, P95, P99 time.Duration
	PSS           uint64  // bytes, of the whole process tree
	Private       float64 `json:",omitempty"` // bytes that a worker has for itself, on average; 0: not read

	// Generator is the CPU time that the load generator used for a request, on the same cores.
	Generator time.Duration
	// Pace is the CPU time that a fixed piece of work took meanwhile, on the mean of the cores: longer on a slower
	// machine. 0: not known.
	Pace time.Duration
	// Disturbed says that others were at work on the machine: the figures are less sure.
	Disturbed bool `json:",omitempty"`
	// Law is how response times are spread: quantiles at evenly spaced shares, over their mean.
	Law []float64 `json:",omitempty"`
}

// busy is how many cores the run's server kept busy.
func (r Run) busy() float64 { return r.Throughput * r.CPU.Seconds() }

// demand is what the run tells of a request, in seconds.
func (r Run) demand() demand.Demand {
	d, _ := demand.Of(demand.Run{CPU: r.CPU.Seconds(), Response: r.Mean.Seconds(), Throughput: r.Throughput, Clients: r.Clients, Workers: r.Workers})
	return d
}

// like reports whether two runs differ in the round alone, and in what came of them.
func (r Run) like(o Run) bool {
	return r.Size == o.Size && r.Path == o.Path && r.Clients == o.Clients && (r.Rate > 0) == (o.Rate > 0)
}

// A Calibration is what was measured of a deployment: runs that count, in one round of them or in several. Fit says
// which of them tell what; those that are missing widen what is known.
type Calibration struct {
	Cores   int
	Names   []string  // of the paths that were requested
	Weights []float64 // and their shares
	Runs    []Run
	Classes []string // that are planned with; one that was not measured is taken for like the others. nil: any
}

// threaded reports whether any of the classes has threads.
func (c Calibration) threaded() bool {
	return len(c.Classes) == 0 || slices.ContainsFunc(c.Classes, func(class string) bool {
		m, _ := catalog.Named(class)
		return m.Threads
	})
}

// Upto are the first rounds.
func (c Calibration) Upto(rounds int) Calibration {
	runs := c.Runs
	c.Runs = nil
	for _, r := range runs {
		if r.Round < rounds {
			c.Runs = append(c.Runs, r)
		}
	}
	return c
}

// Means are the runs with like ones of all rounds drawn together, in the order in which they were made.
func (c Calibration) Means() (means []Run) {
	for _, group := range c.groups() {
		means = append(means, Mean(group))
	}
	return means
}

// groups are the runs, like ones together.
func (c Calibration) groups() (all [][]Run) {
next:
	for _, r := range c.Runs {
		for i := range all {
			if all[i][0].like(r) {
				all[i] = append(all[i], r)
				continue next
			}
		}
		all = append(all, []Run{r})
	}
	return all
}

// roles are what the runs are for. One that is missing is the zero Run.
type roles struct {
	alone     []Run        // each path, by a lone client
	one       Run          // a single worker of the simplest class, saturated
	full      Run          // as many of them as keep all cores busy, likewise
	threads   Run          // one worker with several threads, likewise
	saturated []Run        // these, and those of further classes
	open      map[Size]Run // under a part of what a size bears, arriving at random
}

// roles says what the runs are for.
func (c Calibration) roles() roles {
	r := roles{alone: make([]Run, len(c.Names)), open: make(map[Size]Run)}
	for _, run := range c.Means() {
		switch {
		case run.Rate > 0:
			r.open[run.Size] = run
		case run.Path != "":
			for i, name := range c.Names {
				if name == run.Path {
					r.alone[i] = run
				}
			}
		default:
			r.saturate(run)
		}
	}
	return r
}

func (r *roles) saturate(run Run) {
	r.saturated = append(r.saturated, run)
	m, _ := catalog.Named(run.Class)
	switch {
	case m.Name == spec.DefaultClass && run.Workers == 1:
		r.one = run
	case m.Name == spec.DefaultClass && run.Workers > r.full.Workers:
		r.full = run
	case m.Traits.Threads && run.Threads > 1:
		r.threads = run
	}
}

// only is the run that tells most of how the work grows where there is none of a single worker.
func (r *roles) only() Run {
	if r.full.CPU > 0 || len(r.saturated) == 0 {
		return r.full
	}
	return r.saturated[0]
}

// Mean is the run whose figures are the means of those of like runs.
func Mean(runs []Run) Run {
	m := runs[0]
	m.Law = make([]float64, len(m.Law))
	n := float64(len(runs))
	times := func(of func(Run) time.Duration) time.Duration {
		sum := 0.0
		for _, r := range runs {
			sum += float64(of(r))
		}
		return time.Duration(sum / n)
	}
	m.Throughput, m.Private = 0, 0
	pss := 0.0
	for _, r := range runs {
		m.Throughput += r.Throughput / n
		m.Private += r.Private / n
		pss += float64(r.PSS) / n
		for i := range m.Law {
			if len(r.Law) == len(m.Law) {
				m.Law[i] += r.Law[i] / n
			}
		}
	}
	m.PSS = uint64(pss)
	m.Pace = times(func(r Run) time.Duration { return r.Pace })
	m.CPU, m.Generator = times(func(r Run) time.Duration { return r.CPU }), times(func(r Run) time.Duration { return r.Generator })
	m.Mean, m.P50 = times(func(r Run) time.Duration { return r.Mean }), times(func(r Run) time.Duration { return r.P50 })
	m.P95, m.P99 = times(func(r Run) time.Duration { return r.P95 }), times(func(r Run) time.Duration { return r.P99 })
	return m
}
