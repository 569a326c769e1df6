package calibrate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/workerlab/workerlab/models/capacity"
)

// A Plan is what is to be calibrated.
type Plan struct {
	Command Command
	Paths   []string  // of requests, such as /search?q=x
	Weights []float64 // their shares
	Cores   int
	Window  time.Duration // of each run
	Seed    uint64

	// Progress, if not nil, is told of every run before it is made: which of how many, and what it is.
	Progress func(run, of int, what string)
}

// A Check is an open load that the fitted deployment was held to: what it predicted, and what came.
type Check struct {
	Predicted capacity.Outcome
	Measured  capacity.Run
}

// Calibrate makes the runs, and returns what they were, the deployment fitted to them, and how well it
// predicts a load that it was not fitted to: 70 % of what as many workers as cores bear.
func Calibrate(ctx context.Context, p Plan) (capacity.Calibration, capacity.Deployment, Check, error) {
	var check Check
	c := capacity.Calibration{Cores: p.Cores, Names: p.Paths, Weights: p.Weights}
	s := session{Plan: p, of: len(p.Paths) + 4}
	if err := s.alone(ctx, &c); err != nil {
		return c, capacity.Deployment{}, check, err
	}
	full := capacity.Size{Class: "sync", Workers: max(2, p.Cores), Threads: 1}
	threads := capacity.Size{Class: "gthread", Workers: 1, Threads: 4}
	var d capacity.Deployment
	for _, step := range []struct {
		size    capacity.Size
		clients int
		into    *capacity.Run
	}{{full, 4 * full.Workers, &c.Full}, {threads, 8, &c.Threads}} {
		run, err := s.one(ctx, step.size, Load{Clients: step.clients})
		if err != nil {
			return c, d, check, err
		}
		*step.into = run
	}
	d, err := capacity.Fit(c)
	if err != nil {
		return c, d, check, err
	}
	rate := 0.7 * d.Ceiling(full).Throughput
	if check.Predicted, err = d.Predict(ctx, full, rate, p.Seed); err != nil {
		return c, d, check, err
	}
	check.Measured, err = s.one(ctx, full, Load{Rate: rate})
	return c, d, check, err
}

// Measure measures a size under a load, of whose paths and window the plan tells.
func Measure(ctx context.Context, p Plan, size capacity.Size, l Load) (capacity.Run, error) {
	s := session{Plan: p, of: 1}
	return s.one(ctx, size, l)
}

// A session counts the runs.
type session struct {
	Plan
	done, of int
}

// alone measures each path by a lone client, and then all of them by many, of one sync worker.
func (s *session) alone(ctx context.Context, c *capacity.Calibration) (err error) {
	one := capacity.Size{Class: "sync", Workers: 1, Threads: 1}
	server, err := Start(ctx, s.Command, one, s.Paths...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	for _, path := range s.Paths {
		run, err := s.measure(ctx, server, Load{Paths: []string{path}, Weights: []float64{1}, Clients: 1})
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		c.Alone = append(c.Alone, run)
	}
	c.One, err = s.measure(ctx, server, Load{Clients: 4})
	return err
}

// one starts a size, measures it under one load and stops it.
func (s *session) one(ctx context.Context, size capacity.Size, l Load) (run capacity.Run, err error) {
	server, err := Start(ctx, s.Command, size, s.Paths...)
	if err != nil {
		return run, err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	return s.measure(ctx, server, l)
}

func (s *session) measure(ctx context.Context, server *Server, l Load) (capacity.Run, error) {
	if l.Paths == nil {
		l.Paths, l.Weights = s.Paths, s.Weights
	}
	l.Window, l.Seed = s.Window, s.Seed
	s.done++
	if s.Progress != nil {
		s.Progress(s.done, s.of, fmt.Sprintf("%v, %v", server.Size, l))
	}
	return server.Measure(ctx, l)
}
