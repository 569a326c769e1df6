package trial

import (
	"iter"
	"time"
)

// A Step is one run of the plan.
type Step struct {
	Trial Trial
	Key   string
	Block int
	Users []string // the experiments that asked for the trial, by Name
	Look  int      // as in results.Record: 0 for what was planned from the start
}

// A Plan is a session's runs in order.
type Plan []Step

// Estimate is about how long the plan takes if no run has to be repeated.
func (p Plan) Estimate() (sum time.Duration) {
	for batch := range p.Batches() {
		sum += batch.together()
	}
	return sum
}

// Batches are the runs in order, those that are carried out at the same time in one.
func (p Plan) Batches() iter.Seq[Plan] {
	return func(yield func(Plan) bool) {
		for rest := p; len(rest) > 0; {
			n := len(rest.Head())
			if !yield(rest[:n]) {
				return
			}
			rest = rest[n:]
		}
	}
}

// Head is the first batch: one step, or the Together steps of a group and block.
func (p Plan) Head() Plan {
	n := min(1, len(p))
	for n > 0 && n < len(p) && p[0].Trial.Together && p[n].Trial.Together && p[0].Beside(p[n]) {
		n++
	}
	return p[:n]
}

// Beside reports whether the steps are of one group and block: compared with each other.
func (s Step) Beside(other Step) bool {
	return s.Block == other.Block && s.Trial.Group == other.Trial.Group
}

// starting is about what each of several servers that are started at once adds to a run.
const starting = 40 * time.Millisecond

// together is about how long the steps take, which are one batch.
func (p Plan) together() (d time.Duration) {
	for _, s := range p {
		d = max(d, s.Trial.Estimate())
	}
	if len(p) > 1 {
		for _, s := range p {
			d += time.Duration(max(1, s.Trial.Pods)) * starting
		}
	}
	return d
}

// Trials is the number of different trials.
func (p Plan) Trials() int {
	keys := make(map[string]bool)
	for _, s := range p {
		keys[s.Key] = true
	}
	return len(keys)
}
