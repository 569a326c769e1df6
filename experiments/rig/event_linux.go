package rig

import (
	"context"
	"fmt"
	"math"
	"sync"
	"syscall"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/loadgen"
	"github.com/workerlab/workerlab/results"
)

// happen does to the servers, while the load runs, what is to befall them.
func (x *subject) happen(ctx context.Context, saw *traffic) error {
	if x.Memory == trial.WhileHeld {
		return x.heldMemory(ctx)
	}
	if x.Event != trial.Killed && x.Event != trial.Reloads {
		return nil
	}
	if err := sleep(ctx, time.Until(x.begin.Add(x.WarmUp()+x.At))); err != nil {
		return err
	}
	if x.Event == trial.Killed {
		return x.killOne(ctx, &saw.kill)
	}
	return x.reload(ctx, saw)
}

// reload sends SIGHUP and waits for the end of every worker that served before, some time beyond the
// window too.
func (x *subject) reload(ctx context.Context, saw *traffic) error {
	const look, beyond = 5 * time.Millisecond, time.Second
	if x.pods[0].Changes == nil {
		return fmt.Errorf("reload: %s does not tell of its workers", x.pods[0].URL)
	}
	old := atWork(x.pods[0].Changes())
	signalled := time.Now()
	if err := syscall.Kill(x.pods[0].PID, syscall.SIGHUP); err != nil {
		return fmt.Errorf("reload process %d: %w", x.pods[0].PID, err)
	}
	for time.Since(signalled) < x.Window-x.At+beyond {
		if err := sleep(ctx, look); err != nil {
			return err
		}
		if last, all := ends(x.pods[0].Changes(), old); all {
			saw.replaced = last.Sub(signalled)
			return nil
		}
	}
	return nil
}

// atWork are the processes that have begun to serve and not yet ended.
func atWork(changes []Change) map[int]bool {
	workers := make(map[int]bool)
	for _, c := range changes {
		if c.Ended {
			delete(workers, c.PID)
		} else {
			workers[c.PID] = true
		}
	}
	return workers
}

// ends is when the last of the processes ended, if all have.
func ends(changes []Change, of map[int]bool) (last time.Time, all bool) {
	n := 0
	for _, c := range changes {
		if c.Ended && of[c.PID] {
			last, n = c.At, n+1
		}
	}
	return last, n == len(of)
}

// keepEvent records what became of requests and workers where they were watched.
func (x *subject) keepEvent(saw *traffic) {
	switch x.Event {
	case trial.Nothing:
		return
	case trial.Watched:
	case trial.Killed:
		saw.kill.keep(&x.record, saw.log, saw.main.Start)
	case trial.Reloads:
		x.record.Set("lost", float64(saw.main.Failed+saw.main.Unsent), "requests")
		if saw.replaced > 0 {
			x.record.Set("replaced_seconds", saw.replaced.Seconds(), "seconds")
		}
	}
	x.record.Timeline = saw.log.timeline(x.Window)
	x.keepChanges(saw)
}

// keepChanges records the workers' starts and ends while the load ran.
func (x *subject) keepChanges(saw *traffic) {
	var ended, booted int
	var first time.Time
	for _, running := range x.pods {
		if running.Changes == nil {
			return
		}
		for _, c := range running.Changes() {
			switch {
			case c.At.Before(x.begin) || c.At.After(saw.ended):
			case !c.Ended:
				booted++
			default:
				if ended++; first.IsZero() || c.At.Before(first) {
					first = c.At
				}
			}
		}
	}
	x.record.Set("restarts", float64(ended), "workers")
	x.record.Set("booted", float64(booted), "workers")
	if sent, known := saw.log.first(); known && ended > 0 {
		x.record.Set("first_exit_seconds", first.Sub(saw.main.Start.Add(sent)).Seconds(), "seconds")
	}
}

// A journal keeps every request of a run, in the order in which they ended.
type journal struct {
	mu      sync.Mutex
	samples []loadgen.Sample
}

// observer is the journal's, where requests are to be told apart; else nil.
func (x *subject) observer(log *journal) func(loadgen.Sample) {
	if x.Event == trial.Nothing && x.Load.Burst != 1 && !x.Traced {
		return nil
	}
	return log.observe
}

func (j *journal) observe(s loadgen.Sample) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.samples = append(j.samples, s)
}

// first is when the first request was sent, from the window's start.
func (j *journal) first() (sent time.Duration, known bool) {
	sent = math.MaxInt64
	for _, s := range j.samples {
		sent = min(sent, s.Sent)
	}
	return sent, len(j.samples) > 0
}

// timeline counts the successful answers by their arrival in the window.
func (j *journal) timeline(window time.Duration) *results.Timeline {
	const step = 50 * time.Millisecond
	answered := make([]uint64, (window+step-1)/step)
	for _, s := range j.samples {
		if s.Failure == "" && s.Done >= 0 && s.Done < window {
			answered[s.Done/step]++
		}
	}
	return &results.Timeline{Step: step.Seconds(), Answered: answered}
}

// keepFate records what became of the only request.
func (j *journal) keepFate(record *results.Record) {
	for _, s := range j.samples {
		answered := 0.0
		if s.Failure == "" {
			answered = 1
		}
		record.Set("answered", answered, "requests")
		record.Set("fate_seconds", s.Service().Seconds(), "seconds")
	}
}
