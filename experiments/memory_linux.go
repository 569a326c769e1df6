package experiments

import (
	"context"
	"fmt"
	"time"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/server/proc"
)

// keepMemory records the memory of the server's process tree, each value's name after the prefix.
func keepMemory(record *results.Record, prefix string, pid int) error {
	m, err := proc.TreeMemory(pid)
	if err != nil {
		return fmt.Errorf("the server's memory: %w", err)
	}
	record.Set(prefix+"pss", float64(m.PSS), "bytes")
	record.Set(prefix+"uss", float64(m.USS), "bytes")
	record.Set(prefix+"rss", float64(m.RSS), "bytes")
	return nil
}

// settledMemory records memory once PSS has moved by less than 1 % in 0.2 s. If it has not come to
// rest after some seconds, the record warns.
func settledMemory(ctx context.Context, record *results.Record, pid int) error {
	const pause, patience, rest = 200 * time.Millisecond, 15, 0.01
	before := 0.0
	for range patience {
		if err := keepMemory(record, "", pid); err != nil {
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
func heldMemory(ctx context.Context, running *Running, t Trial, record *results.Record) error {
	const pause = 25 * time.Millisecond
	deadline := time.Now().Add(t.WarmUp() + t.Window)
	most := 0
	for time.Now().Before(deadline) {
		if err := sleep(ctx, pause); err != nil {
			return err
		}
		workers, err := running.Scoreboard(ctx)
		if err != nil {
			return err
		}
		held := total(workers, func(w Worker) int { return w.InFlight })
		most = max(most, held)
		if held >= t.capacity() {
			record.Set("held", float64(held), "requests")
			return settledMemory(ctx, record, running.PID)
		}
	}
	// A server that cannot hold the load is a result, not a fault: what it holds is recorded.
	record.Set("held", float64(most), "requests")
	return keepMemory(record, "", running.PID)
}

// capacity is how many of the load's requests the server can hold at once.
func (t Trial) capacity() int {
	held := t.Load.Held()
	switch t.Server.Class {
	case "sync", "tornado":
		return min(held, t.Server.Workers)
	case "gthread":
		return min(held, t.Server.Workers*max(1, t.Server.Threads))
	}
	return held
}
