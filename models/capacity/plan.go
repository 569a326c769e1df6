package capacity

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results/stat"
)

// A Goal is what a deployment must do.
type Goal struct {
	Rate      float64 // requests/s, arriving at random
	Latencies []Latency
	Errors    float64 // largest share of requests that may fail
	Memory    float64 // bytes; 0: any
	Classes   []string
}

// A Latency says that the quantile of the response time, of 0.50, 0.95 or 0.99, is at most Limit.
type Latency struct {
	Quantile float64
	Limit    time.Duration
}

// A Plan is a recommendation with what was considered.
type Plan struct {
	Best         *Outcome  // nil: no size meets the goal …
	Nearest      *Outcome  // … and this one comes nearest
	Alternatives []Outcome // others that meet it, cheapest first
	Rule         Outcome   // the rule of thumb, 2·cores+1 workers, beside it
	Screened     int       // sizes that the closed forms looked at …
	Simulated    int       // … and those that were simulated
	Tried        []Outcome // these, cheapest first
}

// alternatives is how many further sizes are simulated once one meets the goal.
const alternatives = 3

// New looks for the cheapest size, in memory, whose whole range meets the goal. progress, if not nil, is told
// of each size before it is simulated: which of at most how many.
func New(ctx context.Context, d *Deployment, g Goal, seed uint64, progress func(n, of int, s Size)) (Plan, error) {
	if err := g.check(); err != nil {
		return Plan{}, err
	}
	var p Plan
	var err error
	rule := Size{simplest(g.Classes), 2*d.Cores + 1, 1}
	if p.Rule, err = d.Predict(ctx, rule, g.Rate, seed); err != nil {
		return p, err
	}
	candidates := d.screen(g)
	p.Screened = len(d.sizes(g))
	for _, s := range candidates {
		if progress != nil {
			progress(p.Simulated+1, len(candidates), s)
		}
		o, err := d.Predict(ctx, s, g.Rate, seed)
		if err != nil {
			return p, err
		}
		p.Simulated++
		p.Tried = append(p.Tried, o)
		switch {
		case !g.Met(o):
			p.nearest(o, g)
		case p.Best == nil:
			p.Best = &o
		default:
			p.Alternatives = append(p.Alternatives, o)
		}
		if len(p.Alternatives) == alternatives {
			break
		}
	}
	if p.Best != nil {
		p.Nearest = nil
	}
	return p, nil
}

// simplest is the class of the rule of thumb: gunicorn's default, or where none of the classes serves what that serves
// the first of them.
func simplest(classes []string) string {
	for _, class := range classes {
		if m, known := catalog.Named(class); known && m.Awaits {
			return class
		}
	}
	return spec.DefaultClass
}

func (g Goal) check() error {
	if g.Rate <= 0 || math.IsInf(g.Rate, 0) || math.IsNaN(g.Rate) {
		return fmt.Errorf("capacity: a rate of %g requests/s: want more than 0", g.Rate)
	}
	for _, l := range g.Latencies {
		if l.Quantile != 0.50 && l.Quantile != 0.95 && l.Quantile != 0.99 {
			return fmt.Errorf("capacity: p%g: a plan speaks of p50, p95 and p99", 100*l.Quantile)
		}
	}
	return nil
}

// Met reports whether the whole range of an outcome meets the goal.
func (g Goal) Met(o Outcome) bool {
	return g.excess(o) <= 1 && (g.Memory == 0 || o.MemoryRange.High <= g.Memory)
}

// excess is how far an outcome is from the goal: the largest of its figures' upper bounds over their limits.
func (g Goal) excess(o Outcome) (most float64) { return g.excessBy(o, upper) }

func upper(r stat.Interval) float64 { return r.High }

// excessBy is how far an outcome is from the goal by one bound of each of its figures.
func (g Goal) excessBy(o Outcome, bound func(stat.Interval) float64) (most float64) {
	if o.Saturated {
		return math.Inf(1)
	}
	if failed := bound(o.Failed); failed > g.Errors {
		most = 1 + failed
	}
	for _, l := range g.Latencies {
		most = max(most, bound(o.Quantile(l.Quantile))/l.Limit.Seconds())
	}
	return most
}

// Quantile is a quantile of the response time, of 0.50, 0.95 or 0.99, in seconds.
func (o Outcome) Quantile(q float64) stat.Interval {
	switch q {
	case 0.50:
		return o.P50
	case 0.95:
		return o.P95
	}
	return o.P99
}

func (p *Plan) nearest(o Outcome, g Goal) {
	if p.Nearest == nil || g.excess(o) < g.excess(*p.Nearest) {
		p.Nearest = &o
	}
}

// sizes are all that fit into the memory, cheapest first.
func (d *Deployment) sizes(g Goal) (all []Size) {
	mostWorkers := max(8, 4*d.Cores+1)
	for _, class := range g.Classes {
		threads := []int{1}
		if m, _ := catalog.Named(class); m.Threads {
			threads = []int{2, 4, 8, 16, 32, 64}
		}
		for workers := 1; workers <= mostWorkers; workers++ {
			for _, t := range threads {
				if s := (Size{class, workers, t}); g.Memory == 0 || d.MemoryRange(s).High <= g.Memory {
					all = append(all, s)
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Size) int {
		return cmp.Compare(d.Memory(a), d.Memory(b))
	})
	return all
}

// screen leaves the sizes whose throughput at saturation, by the closed form, is above the goal's rate by a margin for what
// the form and the fit may be wrong by.
func (d *Deployment) screen(g Goal) (kept []Size) {
	const margin = 0.9
	for _, s := range d.sizes(g) {
		if g.Rate < d.Ceiling(s).Throughput*margin {
			kept = append(kept, s)
		}
	}
	return kept
}
