package rig

import (
	"context"
	"fmt"
	"slices"
	"syscall"
	"time"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
)

// A casualty is a worker that was killed, and what became of its slot.
type casualty struct {
	victim   Worker // as it was when it could do nothing any more
	killed   time.Time
	replaced time.Time // its slot has another process; zero: not in time
	serving  time.Time // that process serves; zero: not in time
	answered time.Time // it has begun a request; zero: none came to it in time
}

// killOne kills a busy worker and watches its slot until the replacement has its first request, or the
// window ends: under light load the other workers may take them all.
func (x *subject) killOne(ctx context.Context, kill *casualty) error {
	victim, err := x.stopBusy(ctx)
	if err != nil {
		return err
	}
	kill.victim, kill.killed = victim, time.Now()
	if err := syscall.Kill(victim.PID, syscall.SIGKILL); err != nil {
		return fmt.Errorf("kill worker %d: %w", victim.PID, err)
	}
	const (
		look     = time.Millisecond
		patience = 1500 * time.Millisecond // for the replacement to serve
	)
	loaded := kill.killed.Add(x.Window - x.At) // who comes after that finds no requests
	for now := kill.killed; now.Sub(kill.killed) < patience && (kill.serving.IsZero() || now.Before(loaded)) && kill.answered.IsZero(); now = time.Now() {
		if err := sleep(ctx, look); err != nil {
			return err
		}
		workers, err := x.workers(ctx)
		if err != nil {
			return err
		}
		kill.watch(workers, time.Now())
	}
	return nil
}

// stopBusy finds a worker with a request in flight and freezes it, so that what is read of it next
// is what it loses.
func (x *subject) stopBusy(ctx context.Context) (Worker, error) {
	const looks, pause = 200, 2 * time.Millisecond
	for range looks {
		workers, err := x.workers(ctx)
		if err != nil {
			return Worker{}, err
		}
		i := slices.IndexFunc(workers, func(w Worker) bool { return w.InFlight > 0 && w.PID > 0 })
		if i >= 0 {
			if victim, busy, err := x.freeze(ctx, workers[i]); busy || err != nil {
				return victim, err
			}
		}
		if err := sleep(ctx, pause); err != nil {
			return Worker{}, err
		}
	}
	return Worker{}, fmt.Errorf("no worker was busy in %v", looks*pause)
}

func (x *subject) freeze(ctx context.Context, w Worker) (victim Worker, busy bool, err error) {
	if err := syscall.Kill(w.PID, syscall.SIGSTOP); err != nil {
		return w, false, fmt.Errorf("freeze worker %d: %w", w.PID, err)
	}
	workers, err := x.workers(ctx)
	if err != nil {
		return w, false, err
	}
	for _, now := range workers {
		if now.PID == w.PID && now.InFlight > 0 {
			return now, true, nil
		}
	}
	if err := syscall.Kill(w.PID, syscall.SIGCONT); err != nil {
		return w, false, fmt.Errorf("resume worker %d: %w", w.PID, err)
	}
	return w, false, nil
}

func (k *casualty) watch(workers []Worker, now time.Time) {
	for _, w := range workers {
		if w.Slot != k.victim.Slot || w.PID == k.victim.PID || w.PID == 0 {
			continue
		}
		if k.replaced.IsZero() {
			k.replaced = now
		}
		if k.serving.IsZero() && w.State == Serving {
			k.serving = now
		}
		if w.Requests > 0 {
			k.answered = now
		}
	}
}

// keep records what the kill did to the requests of a window that began at start.
func (k *casualty) keep(record *results.Record, log *journal, start time.Time) {
	record.Set("victim_in_flight", float64(k.victim.InFlight), "requests")
	record.Set("victim_connections", float64(k.victim.Connections), "connections")
	for name, at := range map[string]time.Time{
		"respawn_seconds": k.replaced, "serving_seconds": k.serving, "answer_seconds": k.answered,
	} {
		if !at.IsZero() {
			record.Set(name, at.Sub(k.killed).Seconds(), "seconds")
		}
	}
	loss := log.judge(k.killed.Sub(start))
	record.Set("lost", float64(loss.inFlight), "requests")
	record.Set("lost_elsewhere", float64(loss.elsewhere), "requests")
	record.Set("bystanders", float64(loss.bystanders), "requests")
	record.Set("late_before", loss.lateBefore, "share")
	record.Set("late_after", loss.lateAfter, "share")
}

// A loss is what a kill cost.
type loss struct {
	inFlight   int // failed, and under way at the kill
	elsewhere  int // failed otherwise: no victim's request
	bystanders int // requests that the victim cannot have held, failed or not
	// The share of answers slower than twice the median of those before, among the requests of the
	// second before the kill and of the second after it.
	lateBefore, lateAfter float64
}

// judge sorts the requests by their place to the kill, an offset from the window's start.
func (j *journal) judge(kill time.Duration) loss {
	const (
		reach = time.Second
		slack = 5 * time.Millisecond // between the kill and the clock that dates it
	)
	var l loss
	var before, after []time.Duration
	for _, s := range j.samples {
		held := s.Sent <= kill+slack && s.Done >= kill-slack
		switch {
		case s.Failure != "" && held:
			l.inFlight++
		case s.Failure != "":
			l.elsewhere++
		case s.Done < kill && s.Intended > kill-reach:
			before = append(before, s.Response())
		case s.Intended >= kill && s.Intended < kill+reach:
			after = append(after, s.Response())
		}
		if !held {
			l.bystanders++
		}
	}
	if len(before) > 0 {
		limit := time.Duration(2 * stat.Median(before))
		l.lateBefore, l.lateAfter = above(before, limit), above(after, limit)
	}
	return l
}

func above(times []time.Duration, limit time.Duration) float64 {
	if len(times) == 0 {
		return 0
	}
	n := 0
	for _, t := range times {
		if t > limit {
			n++
		}
	}
	return float64(n) / float64(len(times))
}
