package experiments

import (
	"time"

	"github.com/workerlab/workerlab/results"
)

// A Runner carries a plan out, one run after the other, on a Session.
type Runner struct {
	Plan Plan
	Seed uint64
	Run  string // id of the run, repeated in every record
	// Budget is the time the whole plan should take. What it leaves beyond the plan's estimate is for
	// waiting until the host is quiet and for repeating tainted runs; once that is used up, runs
	// follow each other and what is tainted stays so. 0: no limit.
	Budget time.Duration

	// Record is given every run as it ends, in order. Its error ends the session.
	Record func(results.Record) error
	// Progress, if not nil, is called before every run.
	Progress func(Progress)
}

// Progress is where a session stands.
type Progress struct {
	Step  Step
	Try   int // from 1
	Done  int // runs of the plan that ended, repeated ones not counted again
	Total int // runs of the plan
	Left  time.Duration
}

// slack reports whether there is time for more than the plan.
func (r Runner) slack(elapsed, left time.Duration) bool {
	return r.Budget == 0 || elapsed+left < r.Budget
}

// tries is how often a trial is run in a block before it counts as invalid.
const tries = 3

// A queue hands out the plan's steps in order. A tainted step comes again once the others of its
// group and block are through, so that it still stands beside what it is compared with.
type queue struct {
	plan    Plan
	pending []attempt
	done    int
}

type attempt struct {
	Step
	try int
}

// next is false once nothing is left.
func (q *queue) next() (attempt, bool) {
	if len(q.pending) > 0 && (len(q.plan) == 0 || !together(q.pending[0].Step, q.plan[0])) {
		a := q.pending[0]
		q.pending = q.pending[1:]
		return a, true
	}
	if len(q.plan) == 0 {
		return attempt{}, false
	}
	step := q.plan[0]
	q.plan = q.plan[1:]
	return attempt{step, 1}, true
}

// again queues a, if it may be repeated; else it is done.
func (q *queue) again(a attempt, allowed bool) {
	if !allowed || a.try >= tries {
		q.done++
		return
	}
	a.try++
	q.pending = append(q.pending, a)
}

func (q *queue) left() (sum time.Duration) {
	for _, a := range q.pending {
		sum += a.Trial.Estimate()
	}
	return sum + q.plan.Estimate()
}

func together(a, b Step) bool { return a.Block == b.Block && a.Trial.Group == b.Trial.Group }
