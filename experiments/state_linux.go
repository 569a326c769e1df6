package experiments

import (
	"context"
	"slices"
	"time"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/server/proc"
)

// A state is that of a trial's servers at rest: no request is cut in half by it.
type state struct {
	look    look
	workers []Worker
}

// rest reads the state.
func (x *subject) rest(ctx context.Context) (state, error) {
	workers, err := x.workers(ctx)
	if err != nil {
		return state{}, err
	}
	pids := x.roots()
	for _, w := range workers {
		pids = append(pids, w.PID)
	}
	l, err := lookAt(pids)
	if err != nil {
		return state{}, err
	}
	l.ended, err = x.ended()
	return state{l, workers}, err
}

// ended is the CPU time of the workers that have ended. Only where some have are the arbiters' files
// in /proc read, see cpuTime.
func (x *subject) ended() (sum time.Duration, err error) {
	for _, running := range x.pods {
		if running.Changes == nil || !slices.ContainsFunc(running.Changes(), func(c Change) bool { return c.Ended }) {
			continue
		}
		used, err := proc.ReapedCPU(running.PID)
		if err != nil {
			return 0, err
		}
		sum += used
	}
	return sum, nil
}

// keep records what the servers did between two states.
func (s state) keep(before state, record *results.Record) {
	elapsed := s.look.at.Sub(before.look.at).Seconds()
	record.Set("server_cpu", s.look.used(before.look).Seconds()/elapsed, "cores")
	if respawned(before.workers, s.workers) {
		return
	}
	begun := s.begun(before)
	requests := total(s.workers, func(w Worker) uint64 { return w.Requests }) - total(before.workers, func(w Worker) uint64 { return w.Requests })
	if requests == 0 {
		return
	}
	var cpu time.Duration
	for _, w := range s.workers {
		cpu += s.look.server[w.PID] - before.look.server[w.PID]
	}
	record.Set("cpu_per_request", cpu.Seconds()/float64(requests), "seconds")
	locks := total(s.workers, func(w Worker) uint64 { return w.LockAcquisitions }) - total(before.workers, func(w Worker) uint64 { return w.LockAcquisitions })
	record.Set("lock_acquisitions_per_request", float64(locks)/float64(requests), "")
	if len(begun) > 1 {
		record.Set("busiest_share", float64(slices.Max(begun))/float64(requests), "share")
		record.Set("idlest_share", float64(slices.Min(begun))/float64(requests), "share")
	}
}

// begun are the requests that each worker has begun since before, or each pod where there are several.
func (s state) begun(before state) []uint64 {
	several := slices.ContainsFunc(s.workers, func(w Worker) bool { return w.Pod > 0 })
	var begun []uint64
	for i, w := range s.workers {
		at := i
		if several {
			at = w.Pod
		}
		for len(begun) <= at {
			begun = append(begun, 0)
		}
		begun[at] += w.Requests - before.workers[i].Requests
	}
	return begun
}

// respawned reports whether other workers serve than before.
func respawned(before, after []Worker) bool {
	return !slices.EqualFunc(before, after, func(b, a Worker) bool { return b.Pod == a.Pod && b.PID == a.PID })
}
