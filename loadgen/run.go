package loadgen

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// headStart is the time between the decision when the run starts and its first request.
const headStart = 2 * time.Millisecond

// A run is a plan under way.
type run struct {
	*plan
	start, end time.Time // of the window
	clock      sleeper
	client     *client
	tally      *tally
	attacker   *vegeta.Attacker

	cut    chan struct{} // closed once the run was cut short, after which these hold:
	cutAt  time.Time
	cutErr error
}

func (p *plan) run(ctx context.Context) (*Report, error) {
	r, err := p.prepare()
	if err != nil {
		return nil, fmt.Errorf("loadgen: %w", err)
	}
	watching := context.AfterFunc(ctx, r.cutShort)
	fused := r.attack(ctx)
	window, interrupted := p.Duration, !watching()
	if interrupted {
		<-r.cut
		window = min(window, max(0, r.cutAt.Sub(r.start)))
	}
	r.client.close()
	if err := errors.Join(r.cutErr, r.clock.close()); err != nil {
		return nil, fmt.Errorf("loadgen: %w", err)
	}
	report := r.tally.report(window, interrupted, fused)
	if interrupted {
		return report, fmt.Errorf("loadgen: %w", ctx.Err())
	}
	return report, nil
}

func (p *plan) prepare() (*run, error) {
	clock, err := newSleeper()
	if err != nil {
		return nil, err
	}
	r := &run{plan: p, clock: clock, cut: make(chan struct{})}
	begin := time.Now().Add(headStart)
	if p.Start.After(begin) {
		begin = p.Start
	}
	r.start = begin.Add(p.Warmup)
	r.end = r.start.Add(p.Duration)
	r.client = newClient(p, r.end)
	r.tally = newTally(p, r.client, r.start)
	r.attacker = r.newAttacker()
	return r, nil
}

// attack sends, and collects until everything that was sent has ended. It reports whether the fuse
// blew.
func (r *run) attack(ctx context.Context) (fused bool) {
	var metering sync.WaitGroup
	metering.Go(func() { r.tally.cpu.measure(ctx, r.start, r.end) })
	defer metering.Wait()

	if !r.clock.until(ctx, r.start.Add(-r.Warmup)) {
		return false
	}
	if !r.open() {
		r.collect(&closedPacer{ctx: ctx, end: r.end})
		return false
	}
	pacer := &openPacer{
		ctx:        ctx,
		start:      r.start,
		end:        r.Duration,
		offsets:    r.offsets,
		maxWorkers: uint64(r.MaxWorkers),
		finished:   &r.tally.finished,
		sleeper:    r.clock,
	}
	r.collect(pacer)
	return pacer.fused.Load()
}

// collect runs vegeta without a duration: its pacer knows when to end.
func (r *run) collect(p vegeta.Pacer) {
	for result := range r.attacker.Attack(r.client.target, p, 0, r.Name) {
		r.tally.add(result)
	}
}

// cutShort ends a run from outside: nothing more is sent, and what is in flight is given up.
func (r *run) cutShort() {
	defer close(r.cut)
	r.cutAt = time.Now()
	r.attacker.Stop()
	r.client.abort()
	r.cutErr = r.clock.wake()
}

// newAttacker returns an attacker for one attack: vegeta's are used once. Our client comes first, as
// it replaces what other options would have set on vegeta's own.
func (r *run) newAttacker() *vegeta.Attacker {
	workers := r.Clients
	if r.open() {
		workers = min(r.MaxWorkers, r.Connections)
	}
	return vegeta.NewAttacker(
		vegeta.Client(&http.Client{
			Transport:     r.client,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}),
		vegeta.Workers(uint64(workers)),
		vegeta.MaxWorkers(uint64(r.MaxWorkers)),
		vegeta.MaxBody(0), // bodies are read to their end and counted by the client, but not kept
	)
}

// A meter reads the CPU time of this process over the window, and how busy the cores were that it may
// run on.
type meter struct {
	used time.Duration
	span time.Duration // between the two readings; 0: not measured
	busy float64       // share of the cores' time, by whomever; 0: not measured
}

func (m *meter) measure(ctx context.Context, start, end time.Time) {
	await(ctx, start)
	began := time.Now()
	from, err := cpuTime()
	idleFrom, allFrom, errCores := coresTime()
	await(ctx, end)
	to, errEnd := cpuTime()
	idleTo, allTo, errCoresEnd := coresTime()
	if errors.Join(err, errEnd) == nil { // else it cannot be measured on this system, and the report says so
		m.used, m.span = to-from, time.Since(began)
	}
	if errors.Join(errCores, errCoresEnd) == nil && allTo > allFrom {
		m.busy = 1 - (float64(idleTo)-float64(idleFrom))/float64(allTo-allFrom)
	}
}

func await(ctx context.Context, at time.Time) {
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
