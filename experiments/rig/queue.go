package rig

import (
	"slices"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// Tries is how often a trial is run in a block before it counts as invalid.
const Tries = 3

// A queue hands out the plan's batches in order. A tainted step comes again once the others of its
// group and block are through, so that it still stands beside what it is compared with.
type queue struct {
	plan    trial.Plan
	pending trial.Plan  // to be repeated
	tried   map[run]int // how often
	tries   int         // at most
	done    int         // steps that need no further try
}

// A run is what a step is: a trial in a block.
type run struct {
	trial string
	block int
}

func runOf(s trial.Step) run { return run{s.Key, s.Block} }

// newQueue leaves out what was done in earlier sittings: runs with a valid record, or none after all
// the tries they had. What was simulated has not been done.
func newQueue(plan trial.Plan, tries int, earlier results.Table) *queue {
	q := &queue{tried: make(map[run]int), tries: tries}
	valid := make(map[run]bool)
	earlier = earlier.Origin(results.Measured)
	for i := range earlier {
		id := run{earlier[i].Trial, earlier[i].Repetition}
		q.tried[id]++
		valid[id] = valid[id] || earlier[i].Valid()
	}
	q.plan = slices.DeleteFunc(slices.Clone(plan), func(s trial.Step) bool {
		return valid[runOf(s)] || q.tried[runOf(s)] >= tries
	})
	q.done = len(plan) - len(q.plan)
	return q
}

// Remaining is what earlier records leave of a plan to do, if every run has so many tries.
func Remaining(plan trial.Plan, earlier results.Table, tries int) trial.Plan {
	return newQueue(plan, tries, earlier).plan
}

// next takes the next batch; it is empty once nothing is left. All its steps are first tries, or all
// are repeated in this sitting.
func (q *queue) next() (batch trial.Plan, again bool) {
	if len(q.pending) > 0 && (len(q.plan) == 0 || !q.pending[0].Beside(q.plan[0])) {
		batch = slices.Clone(q.pending.Head())
		q.pending = q.pending[len(batch):]
		return batch, true
	}
	batch = q.plan.Head()
	q.plan = q.plan[len(batch):]
	return batch, false
}

// tainted queues the step, if it may be repeated; else it is done.
func (q *queue) tainted(s trial.Step, allowed bool) {
	if !allowed || q.tried[runOf(s)] >= q.tries {
		q.done++
		return
	}
	q.pending = append(q.pending, s)
}

// left is about how long the rest takes.
func (q *queue) left() time.Duration { return q.pending.Estimate() + q.plan.Estimate() }
