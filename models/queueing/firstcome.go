package queueing

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// FirstCome is one queue in order of arrival before c equal servers, followed job by job: not how long jobs
// wait on average, but how long these very jobs did, which came at known times and took known times to
// serve. It assumes nothing about the laws of either. Where a run's arrivals and services were recorded, what
// is left between it and the run is not chance.
//
// V₁ ≤ … ≤ V_c is the work that the servers still have when a job arrives, in order. The job goes to the
// first that is free and waits W = V₁; with its service S and the gap A until the next job (Kiefer and
// Wolfowitz, Transactions of the AMS 78(1), 1955)
//
//	V ← sort( (V₁+S−A)⁺, (V₂−A)⁺, …, (V_c−A)⁺ )
//
// Of one server that is W ← (W+S−A)⁺ (Lindley, Proc. Cambridge Philosophical Society 48(2), 1952). Times
// are whole nanoseconds, so nothing is rounded. The first job finds all servers idle. Make it by NewFirstCome.
type FirstCome struct {
	left  []time.Duration // V, ascending, when the last job had come and been placed
	last  time.Duration   // when that was
	begun bool            // there was one
}

// NewFirstCome returns the queue, empty. It fails for less than one server.
func NewFirstCome(servers int) (*FirstCome, error) {
	if servers < 1 {
		return nil, fmt.Errorf("queueing: %d servers: a queue needs at least 1", servers)
	}
	return &FirstCome{left: make([]time.Duration, servers)}, nil
}

// Wait places a job that arrives at a time, counted from any moment, and takes so long to serve. It returns how
// long the job waits before it is served, 0 or more; its response time is that and its service. A job that
// comes before the one placed last, a service that takes less than no time, and times that a Duration
// cannot hold are errors, and change nothing.
func (q *FirstCome) Wait(at, service time.Duration) (time.Duration, error) {
	gap, err := q.check(at, service)
	if err != nil {
		return 0, err
	}
	q.last, q.begun = at, true
	for i, left := range q.left {
		q.left[i] = max(0, left-gap)
	}
	wait := q.left[0]
	q.place(wait + service)
	return wait, nil
}

// check returns the time since the last job.
func (q *FirstCome) check(at, service time.Duration) (gap time.Duration, err error) {
	if service < 0 {
		return 0, fmt.Errorf("queueing: a service of %v: it takes no less than no time", service)
	}
	if !q.begun {
		return 0, nil
	}
	if at < q.last {
		return 0, fmt.Errorf("queueing: a job at %v after one at %v: jobs are placed in order of arrival", at, q.last)
	}
	if gap = at - q.last; gap < 0 {
		return 0, fmt.Errorf("queueing: from %v to %v is more than %v", q.last, at, time.Duration(math.MaxInt64))
	}
	if wait := max(0, q.left[0]-gap); wait > math.MaxInt64-service {
		return 0, fmt.Errorf("queueing: a service of %v after a wait of %v is more than %v", service, wait, time.Duration(math.MaxInt64))
	}
	return gap, nil
}

// place gives the first server its new work and keeps the order.
func (q *FirstCome) place(work time.Duration) {
	to, _ := slices.BinarySearch(q.left[1:], work)
	copy(q.left, q.left[1:to+1])
	q.left[to] = work
}
