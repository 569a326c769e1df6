package loadgen

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// headStart is the time between the decision when the window starts and the first request.
const headStart = 2 * time.Millisecond

func (p *plan) run(ctx context.Context) (*Report, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("loadgen: %w", err)
	}
	clock, err := newSleeper()
	if err != nil {
		return nil, fmt.Errorf("loadgen: %w", err)
	}
	start := time.Now().Add(headStart + p.Warmup)
	end := start.Add(p.Duration)
	c := newClient(p, end)
	t := newTally(p, c, start)
	pacer, fused := p.pacer(ctx, clock, start, &t.finished)
	attacker := p.attacker(c)
	results := make(<-chan *vegeta.Result)

	var aside sync.WaitGroup
	aside.Go(func() { t.cpu.measure(ctx, start, end) })
	var cutAt time.Time
	cancelled := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(cancelled)
		cutAt = time.Now()
		err = clock.wake()
		attacker.Stop()
		c.abort()
	})
	if !p.open() {
		clock.until(ctx, start.Add(-p.Warmup))
	}
	results = attacker.Attack(c.target, pacer, 0, p.Name)
	for r := range results {
		t.add(r)
	}
	if !stop() {
		<-cancelled
	}
	aside.Wait()
	c.close()
	if err := errors.Join(err, clock.close()); err != nil {
		return nil, fmt.Errorf("loadgen: %w", err)
	}
	window := p.Duration
	if !cutAt.IsZero() {
		window = min(window, max(0, cutAt.Sub(start)))
	}
	return t.report(window, fused()), ctx.Err()
}

// attacker returns an attacker for one attack: vegeta's are used once. Our client comes first, as it
// replaces what other options would have set on vegeta's own.
func (p *plan) attacker(c *client) *vegeta.Attacker {
	workers := min(p.MaxWorkers, p.Connections)
	if !p.open() {
		workers = p.Clients
	}
	return vegeta.NewAttacker(
		vegeta.Client(&http.Client{
			Transport:     c,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}),
		vegeta.Workers(uint64(workers)),
		vegeta.MaxWorkers(uint64(p.MaxWorkers)),
		vegeta.MaxBody(0), // bodies are read to their end, counted by the client, and not kept
	)
}

func (p *plan) pacer(ctx context.Context, s sleeper, start time.Time, finished *atomic.Uint64) (pacer vegeta.Pacer, fused func() bool) {
	if !p.open() {
		return &closedPacer{ctx: ctx, end: start.Add(p.Duration)}, func() bool { return false }
	}
	open := &openPacer{
		ctx:        ctx,
		start:      start,
		end:        p.Duration,
		offsets:    p.offsets,
		maxWorkers: uint64(p.MaxWorkers),
		finished:   finished,
		sleeper:    s,
	}
	return open, open.fused.Load
}

// A meter reads the CPU time of this process over the window.
type meter struct {
	used time.Duration
	span time.Duration // between the two readings; 0: not measured
}

func (m *meter) measure(ctx context.Context, start, end time.Time) {
	await(ctx, start)
	from, err := cpuTime()
	began := time.Now()
	await(ctx, end)
	to, errEnd := cpuTime()
	if errors.Join(err, errEnd) != nil {
		return // not measurable on this system: the report says so
	}
	m.used, m.span = to-from, time.Since(began)
}

func await(ctx context.Context, at time.Time) {
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
