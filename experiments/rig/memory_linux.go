package rig

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/server/proc"
)

// keepMemory reads the memory that is to be read after the load.
func (x *subject) keepMemory(ctx context.Context) error {
	switch x.Memory {
	case trial.AfterLoad:
		return errors.Join(x.keepWorkers(), keepMemory(&x.record, "", x.roots()))
	case trial.Settled:
		return settledMemory(ctx, &x.record, x.roots())
	case trial.WhileHeld, trial.NotRead: // read while the load ran, or not at all
	}
	return nil
}

// keepWorkers records what a worker has of memory for itself, with its children, on average.
func (x *subject) keepWorkers() error {
	if x.pods[0].Workers == nil {
		return nil
	}
	var sum, n float64
	for _, pid := range x.pods[0].Workers() {
		m, err := proc.TreeMemory(pid)
		if proc.Ended(err) {
			continue // one that was replaced
		}
		if err != nil {
			return fmt.Errorf("a worker's memory: %w", err)
		}
		sum, n = sum+float64(m.USS), n+1
	}
	if n > 0 {
		x.record.Set("worker_uss", sum/n, "bytes")
	}
	return nil
}

// treeMemory is what the servers' process trees hold.
func treeMemory(roots []int) (sum proc.Memory, err error) {
	for _, pid := range roots {
		m, err := proc.TreeMemory(pid)
		if err != nil {
			return sum, fmt.Errorf("the server's memory: %w", err)
		}
		sum = sum.Add(m)
	}
	return sum, nil
}

// peak records the most memory that the servers held while their workers came and went under load.
func (x *subject) peak(loaded context.Context) error {
	const pause = 50 * time.Millisecond
	if x.Event != trial.Watched || x.Memory != trial.AfterLoad {
		return nil
	}
	var most uint64
	for sleep(loaded, pause) == nil {
		m, err := treeMemory(x.roots())
		if err != nil {
			return err
		}
		most = max(most, m.PSS)
	}
	if most > 0 {
		x.record.Set("peak_pss", float64(most), "bytes")
	}
	return nil
}

// keepMemory records the memory of the servers' process trees, each value's name after the prefix.
func keepMemory(record *results.Record, prefix string, roots []int) error {
	m, err := treeMemory(roots)
	if err != nil {
		return err
	}
	record.Set(prefix+"pss", float64(m.PSS), "bytes")
	record.Set(prefix+"uss", float64(m.USS), "bytes")
	record.Set(prefix+"rss", float64(m.RSS), "bytes")
	return nil
}

// settledMemory records memory once PSS has moved by less than 1 % in 0.2 s. If it has not come to
// rest after some seconds, the record warns.
func settledMemory(ctx context.Context, record *results.Record, roots []int) error {
	const pause, patience, rest = 200 * time.Millisecond, 15, 0.01
	before := 0.0
	for range patience {
		if err := keepMemory(record, "", roots); err != nil {
			return err
		}
		now, _ := record.Value("pss")
		if moved := now - before; moved < rest*now && -moved < rest*now {
			return nil
		}
		before = now
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
	record.Warnings = append(record.Warnings, "memory did not come to rest")
	return nil
}

// heldMemory records memory while the load's requests wait in the server, and how many do.
func (x *subject) heldMemory(ctx context.Context) error {
	const pause = 25 * time.Millisecond
	deadline := x.begin.Add(x.WarmUp() + x.Window)
	most := 0
	for time.Now().Before(deadline) {
		if err := sleep(ctx, pause); err != nil {
			return err
		}
		workers, err := x.workers(ctx)
		if err != nil {
			return err
		}
		held := total(workers, func(w Worker) int { return w.InFlight })
		most = max(most, held)
		if held >= x.Capacity() {
			x.record.Set("held", float64(held), "requests")
			return settledMemory(ctx, &x.record, x.roots())
		}
	}
	// A server that cannot hold the load is a result, not a fault: what it holds is recorded.
	x.record.Set("held", float64(most), "requests")
	return keepMemory(&x.record, "", x.roots())
}
