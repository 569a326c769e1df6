package rig

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
	pids    []int   // of all processes
	tree    bool    // which come and go, so that the work of all of them is a request's
	sent    uint64  // requests so far, for servers on which nobody counts
	idle    float64 // cores that they use without any
}

// rest reads the state.
func (x *subject) rest(ctx context.Context) (s state, err error) {
	s.tree, s.sent = x.grows(), x.sent
	for _, running := range x.pods {
		s.idle += running.Idle
	}
	if s.workers, err = x.workers(ctx); err != nil {
		return state{}, err
	}
	trees, err := x.processes(s.workers)
	if err != nil {
		return state{}, err
	}
	s.pids = slices.Concat(trees...)
	if s.look, err = lookAt(s.pids); err != nil {
		return state{}, err
	}
	s.look.ended, err = x.ended(trees, s.look)
	return s, err
}

// processes are all of the trial's servers: by trees where they come and go, the root of each first.
func (x *subject) processes(workers []Worker) (trees [][]int, err error) {
	if !x.grows() {
		pids := x.roots()
		for _, w := range workers {
			pids = append(pids, w.PID)
		}
		return [][]int{pids}, nil
	}
	for _, root := range x.roots() {
		tree, err := proc.Tree(root)
		if err != nil {
			return nil, err
		}
		trees = append(trees, tree)
	}
	return trees, nil
}

// grows reports whether more processes serve than the scoreboard tells of.
func (x *subject) grows() bool { return x.pods[0].Tree }

// ended is the CPU time of the processes that have ended. Only where some have are the files of those that
// have waited for them in /proc read, see cpuTime.
func (x *subject) ended(trees [][]int, now look) (sum time.Duration, err error) {
	if x.grows() {
		for _, tree := range trees {
			used, err := x.endedOf(tree, now)
			if err != nil {
				return 0, err
			}
			sum += used
		}
		return sum, nil
	}
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

// endedOf is the CPU time of a tree's processes that have ended: what its meter has beyond those that live,
// or what their parents have in their accounts.
func (x *subject) endedOf(tree []int, now look) (sum time.Duration, err error) {
	if meter := x.meter(tree[0]); meter != nil {
		sum, err = meter()
		for _, pid := range tree {
			sum -= now.server[pid]
		}
		return sum, err
	}
	for _, pid := range tree {
		used, err := proc.ReapedCPU(pid)
		if proc.Ended(err) {
			continue // meanwhile, and is in its parent's account
		}
		if err != nil {
			return 0, err
		}
		sum += used
	}
	return sum, nil
}

// meter is that of the tree with a root, nil where its parents keep accounts.
func (x *subject) meter(root int) func() (time.Duration, error) {
	for _, running := range x.pods {
		if meter := running.Meters[root]; meter != nil {
			return meter
		}
	}
	return nil
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
	if len(s.workers) == 0 {
		requests = s.sent - before.sent
	}
	if requests == 0 {
		return
	}
	record.Set("cpu_per_request", max(0, s.work(before).Seconds()-s.idle*elapsed)/float64(requests), "seconds")
	if record.System == results.Ours { // others do not count them
		locks := total(s.workers, func(w Worker) uint64 { return w.LockAcquisitions }) - total(before.workers, func(w Worker) uint64 { return w.LockAcquisitions })
		record.Set("lock_acquisitions_per_request", float64(locks)/float64(requests), "")
	}
	if len(begun) > 1 {
		record.Set("busiest_share", float64(slices.Max(begun))/float64(requests), "share")
		record.Set("idlest_share", float64(slices.Min(begun))/float64(requests), "share")
	}
}

// work is the CPU time that answering took since before.
func (s state) work(before state) (sum time.Duration) {
	if s.tree {
		return s.look.used(before.look)
	}
	for _, w := range s.workers {
		sum += s.look.server[w.PID] - before.look.server[w.PID]
	}
	return sum
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
