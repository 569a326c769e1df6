package experiments

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/workerlab/workerlab/loadgen"
	"github.com/workerlab/workerlab/loadgen/arrival"
	"github.com/workerlab/workerlab/results"
)

// measure starts the system, puts the trial's load on it, and fills in the record. The system is
// stopped whatever happens, a panic included.
func measure(ctx context.Context, system System, t Trial, record *results.Record) (err error) {
	running, err := system.Start(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, running.Stop()) }()

	if t.Memory == WhileHeld {
		if err := keepMemory(record, "idle_", running.PID); err != nil {
			return err
		}
	}
	before, err := snapshot(ctx, running)
	if err != nil {
		return err
	}
	if err := load(ctx, running, t, record); err != nil {
		return err
	}
	after, err := snapshot(ctx, running)
	if err != nil {
		return err
	}
	after.keep(before, record)
	switch t.Memory {
	case AfterLoad:
		return keepMemory(record, "", running.PID)
	case Settled:
		return settledMemory(ctx, record, running.PID)
	case WhileHeld, NotRead: // read while the load ran, or not at all
	}
	return nil
}

// A state is the server's at rest: no request is cut in half by it.
type state struct {
	look    look
	workers []Worker
}

func snapshot(ctx context.Context, r *Running) (state, error) {
	workers, err := r.Scoreboard(ctx)
	if err != nil {
		return state{}, err
	}
	pids := []int{r.PID}
	for _, w := range workers {
		pids = append(pids, w.PID)
	}
	l, err := lookAt(pids)
	return state{l, workers}, err
}

// keep records what happened between two states.
func (s state) keep(before state, record *results.Record) {
	host := s.look.since(before.look)
	record.Set("foreign_cpu", host.foreign, "cores")
	record.Set("steal", host.steal, "cores")
	elapsed := s.look.at.Sub(before.look.at).Seconds()
	record.Set("server_cpu", s.look.used(before.look).Seconds()/elapsed, "cores")
	record.Set("generator_cpu", (s.look.self-before.look.self).Seconds()/elapsed, "cores")

	requests := total(s.workers, func(w Worker) uint64 { return w.Requests }) - total(before.workers, func(w Worker) uint64 { return w.Requests })
	if requests == 0 || respawned(before.workers, s.workers) {
		return
	}
	var workers time.Duration
	for _, w := range s.workers {
		workers += s.look.server[w.PID] - before.look.server[w.PID]
	}
	record.Set("cpu_per_request", workers.Seconds()/float64(requests), "seconds")
	locks := total(s.workers, func(w Worker) uint64 { return w.LockAcquisitions }) - total(before.workers, func(w Worker) uint64 { return w.LockAcquisitions })
	record.Set("lock_acquisitions_per_request", float64(locks)/float64(requests), "")
}

func respawned(before, after []Worker) bool {
	if len(before) != len(after) {
		return true
	}
	for i := range before {
		if before[i].PID != after[i].PID {
			return true
		}
	}
	return false
}

// load runs the trial's streams and what happens meanwhile.
func load(ctx context.Context, running *Running, t Trial, record *results.Record) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	main, log := t.attack(running.URL, t.Load), newJournal()
	if t.Event != Nothing {
		main.Observe = log.observe
	}
	var beside sync.WaitGroup
	var hog *loadgen.Report
	var hogErr, eventErr error
	if t.Hog.Do != "" {
		beside.Go(func() { hog, hogErr = t.attack(running.URL, t.Hog).Run(ctx) })
	}
	beside.Go(func() { eventErr = event(ctx, running, t, record, log) })

	report, err := main.Run(ctx)
	if err != nil {
		cancel()
	}
	beside.Wait()
	if err := errors.Join(err, hogErr, eventErr); err != nil {
		return err
	}
	keepReport(record, report)
	if hog != nil {
		record.Set("hog_completed", float64(hog.Completed), "requests")
	}
	if t.Event == Killed {
		log.keep(record)
	}
	return nil
}

// event is what happens while the load runs.
func event(ctx context.Context, running *Running, t Trial, record *results.Record, log *journal) error {
	switch {
	case t.Event == Killed:
		return killOne(ctx, running, t, log)
	case t.Memory == WhileHeld:
		return heldMemory(ctx, running, t, record)
	}
	return nil
}

// attack is the load as the generator takes it.
func (t Trial) attack(server string, l Load) *loadgen.Attack {
	a := &loadgen.Attack{
		Name:    t.String(),
		Targets: []loadgen.Target{{URL: server + "/task?do=" + url.QueryEscape(l.Do)}},
		Clients: l.Clients, Warmup: t.WarmUp(), Duration: t.Window,
		KeepAlive: l.KeepAlive, Timeout: l.Timeout, SharedCores: t.Place == Share,
	}
	if l.Think > 0 {
		a.Think = func() time.Duration { return l.Think }
	}
	switch {
	case l.Burst > 0:
		a.Schedule = arrival.Until(arrival.Constant(float64(l.Burst)/l.Over.Seconds()), l.Over)
		a.Connections, a.MaxWorkers = l.Burst, 2*l.Burst
	case l.Rate > 0:
		a.Schedule = arrival.Constant(l.Rate)
		a.Connections = 1000 // as many as are needed: this load's clients are strangers to each other
	}
	return a
}

func keepReport(record *results.Record, r *loadgen.Report) {
	record.Offered, record.Planned, record.Sent = r.Offered, r.Planned, r.Sent
	record.Completed, record.Failed, record.Unsent = r.Completed, r.Failed, r.Unsent
	record.Failures = r.Failures
	record.Service, record.Response = results.Wrap(r.Service), results.Wrap(r.Response)
	record.Set("throughput", r.Throughput, "requests/s")
	record.Set("lag_p99", r.Lag.P99.Seconds(), "seconds")
	if len(r.Invalid) > 0 { // one reason for all runs, so that they can be counted; the figures beside it
		record.Invalid = append(record.Invalid, "generator: the load was not what was asked for")
	}
	record.Warnings = slices.Concat(record.Warnings, r.Invalid, r.Warnings)
}
