package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/workerlab/workerlab/loadgen"
	"github.com/workerlab/workerlab/loadgen/arrival"
	"github.com/workerlab/workerlab/loadgen/capacity"
)

// A prober puts the search's load on a real server.
type prober struct {
	attack loadgen.Attack // without arrivals
	open   int            // connections of an open loop
}

var _ capacity.Prober = (*prober)(nil)

const (
	longestWarmUp = 500 * time.Millisecond // half the window where that is shorter
	patience      = 5 * time.Second        // for the server to answer at all, before a probe
)

func (f *capacityFlags) prober(url string, slo capacity.SLO) (*prober, error) {
	words := attackFlags{method: f.method, body: f.body, headers: f.headers, given: func(string) bool { return false }}
	target, err := words.target(url)
	if err != nil {
		return nil, err
	}
	timeout, quantile := 10*time.Second, 0.99
	if len(slo.Latencies) > 0 {
		longest := slices.MaxFunc(slo.Latencies, func(a, b capacity.Latency) int { return int(a.Limit - b.Limit) })
		timeout = min(max(20*longest.Limit, time.Second), timeout)
		timeout = max(timeout, 2*longest.Limit)
		quantile = slo.Latencies[len(slo.Latencies)-1].Quantile
	}
	if f.timeout > 0 {
		timeout = time.Duration(f.timeout)
	}
	return &prober{
		attack: loadgen.Attack{
			Name: url, Targets: []loadgen.Target{target}, KeepAlive: !f.noKeepAlive,
			Timeout: timeout, Quantile: quantile, SharedCores: f.sharedCores, Seed: f.seed,
		},
		open: f.connections,
	}, nil
}

// Closed implements capacity.Prober.
func (p *prober) Closed(ctx context.Context, clients int, window time.Duration) (*loadgen.Report, error) {
	a := p.attack
	a.Clients, a.Warmup, a.Duration = clients, warmUp(window), window
	return p.run(ctx, &a)
}

// Open implements capacity.Prober.
func (p *prober) Open(ctx context.Context, rate float64, window time.Duration, seed uint64) (*loadgen.Report, error) {
	a := p.attack
	for a.Schedule == nil || empty(arrival.Until(a.Schedule, window)) { // as at a few requests per window
		a.Schedule, seed = arrival.Poisson(rate, seed), seed+1
	}
	a.Connections, a.Warmup, a.Duration = p.open, warmUp(window), window
	return p.run(ctx, &a)
}

func warmUp(window time.Duration) time.Duration { return min(longestWarmUp, window/2) }

func empty(s arrival.Schedule) bool {
	for range s {
		return false
	}
	return true
}

// run attacks a server that has digested the probe before.
func (p *prober) run(ctx context.Context, a *loadgen.Attack) (*loadgen.Report, error) {
	if _, err := p.rest(ctx, func(r *loadgen.Report) bool { return r.Completed > 0 }); err != nil {
		return nil, err
	}
	return a.Run(ctx)
}

// rest sends lone requests until the answer satisfies, or patience ends. It returns the last report.
func (p *prober) rest(ctx context.Context, enough func(*loadgen.Report) bool) (*loadgen.Report, error) {
	for began := time.Now(); ; {
		r, err := p.lone(ctx)
		if err != nil || enough(r) || time.Since(began) > patience {
			return r, err
		}
	}
}

// lone sends one request after the other for a moment.
func (p *prober) lone(ctx context.Context) (*loadgen.Report, error) {
	a := p.attack
	a.Clients, a.Duration = 1, 50*time.Millisecond
	return a.Run(ctx)
}

// reach fails where nothing answers, before minutes are spent on it.
func (p *prober) reach(ctx context.Context) error {
	r, err := p.rest(ctx, func(r *loadgen.Report) bool { return r.Completed+r.Failed > 0 })
	if err != nil {
		return err
	}
	if r.Completed == 0 {
		return fmt.Errorf("%s does not answer with success (%s): is the server running, and the path right?",
			p.attack.Name, strings.Join(slices.Sorted(maps.Keys(r.Failures)), ", "))
	}
	return nil
}
