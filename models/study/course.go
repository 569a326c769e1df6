package study

import (
	"context"
	"fmt"
	"time"

	"github.com/workerlab/workerlab/models/scenario"
	"github.com/workerlab/workerlab/models/sim"
)

// A Span is what is watched of a load's course: so long from its beginning on, in so many steps, with requests that
// wait at the beginning.
type Span struct {
	Horizon time.Duration
	Steps   int
	Initial int
}

const (
	mostSteps   = 10_000
	mostInitial = 1_000_000
)

// CheckCourse reports what cannot be watched with these settings, with a remedy.
func CheckCourse(s *scenario.Scenario, span Span, with Settings) error {
	switch n := s.Load.Rate * span.Horizon.Seconds(); {
	case span.Steps < 1 || span.Steps > mostSteps || span.Horizon < time.Duration(span.Steps)*time.Microsecond:
		return fmt.Errorf("--steps %d in --transient %v: want from 1 to %d, of a microsecond at least", span.Steps, span.Horizon, mostSteps)
	case span.Initial < 0 || span.Initial > mostInitial:
		return fmt.Errorf("--initial %d: want from 0 to %d requests", span.Initial, mostInitial)
	case span.Initial > 0 && s.Load.Clients > 0:
		return fmt.Errorf("--initial %d: a closed loop begins with the requests of its %d clients: raise load.clients, or take an open load", span.Initial, s.Load.Clients)
	case n > MostRequests:
		return fmt.Errorf("--transient %v: about %.2g requests, and a replication has at most %.0g: want %v or less",
			span.Horizon, n, float64(MostRequests), time.Duration(float64(span.Horizon)*MostRequests/n).Truncate(time.Millisecond))
	}
	return with.check()
}

// Course is how the scenario's server fares from the beginning of its load on. It ends with ctx, whose cause it returns.
func Course(ctx context.Context, s *scenario.Scenario, span Span, with Settings) (sim.Course, error) {
	config, load := s.Simulation()
	load.Initial = span.Initial
	watch := sim.Watch{Horizon: span.Horizon, Steps: span.Steps, Replications: with.Replications, Confidence: confidence}
	if with.Progress != nil {
		watch.Each = func(n int) { with.Progress(n+1, with.Replications) }
	}
	return sim.Transient(ctx, config, load, s.Seed, watch)
}
