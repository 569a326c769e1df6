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
	Classes []string      // whose costs are to be known beside those of sync and gthread
	Rounds  int           // how often all the runs are made; 0: once. A second round tells how the work drifts
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

// Calibrate makes the runs, and returns what they were, the deployment fitted to them, and how well the saturated
// ones predict a load that they do not hold: 70 % of what as many workers as cores bear. What that run tells of
// the work is part of the fit then.
func Calibrate(ctx context.Context, p Plan) (c capacity.Calibration, d capacity.Deployment, check Check, err error) {
	s := session{Plan: p}
	var rounds []capacity.Calibration
	for range max(1, p.Rounds) {
		round, err := s.round(ctx, rounds)
		if err != nil {
			return round, d, check, err
		}
		rounds = append(rounds, round)
	}
	c = capacity.Together(rounds)
	saturated := c
	saturated.Open = capacity.Run{}
	if d, err = capacity.Fit(saturated); err != nil {
		return c, d, check, err
	}
	check.Measured = c.Open
	if check.Predicted, err = d.PredictLoad(ctx, p.full(), capacity.Load{Rate: c.Open.Rate, Beside: true}, p.Seed); err != nil {
		return c, d, check, err
	}
	d, err = capacity.Fit(c)
	return c, d, check, err
}

// Round makes all the runs once. Of those before, it takes the rate of the open one.
func Round(ctx context.Context, p Plan, before []capacity.Calibration) (capacity.Calibration, error) {
	s := session{Plan: p}
	return s.round(ctx, before)
}

// runs is how many a calibration has.
func (p Plan) runs() int { return max(1, p.Rounds) * (len(p.Paths) + 4 + len(p.Classes)) }

// full is the size that keeps all cores busy with work.
func (p Plan) full() capacity.Size {
	return capacity.Size{Class: "sync", Workers: max(2, p.Cores), Threads: 1}
}

func (s *session) round(ctx context.Context, before []capacity.Calibration) (c capacity.Calibration, err error) {
	c = capacity.Calibration{Cores: s.Cores, Names: s.Paths, Weights: s.Weights}
	s.of = s.runs()
	if err := s.alone(ctx, &c); err != nil {
		return c, err
	}
	if c.Threads, err = s.saturated(ctx, c, capacity.Size{Class: "gthread", Workers: 1, Threads: 4}); err != nil {
		return c, err
	}
	for _, class := range s.Classes {
		run, err := s.saturated(ctx, c, capacity.Size{Class: class, Workers: 1, Threads: 1})
		if err != nil {
			return c, err
		}
		c.Others = append(c.Others, run)
	}
	err = s.whole(ctx, &c, before)
	return c, err
}

// whole measures as many workers as there are cores, saturated and under an open load.
func (s *session) whole(ctx context.Context, c *capacity.Calibration, before []capacity.Calibration) (err error) {
	server, err := Start(ctx, s.Command, s.full(), s.Paths...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	if c.Full, err = s.measure(ctx, server, Load{Clients: saturating(*c, s.full())}); err != nil {
		return err
	}
	rate := 0.0
	if len(before) > 0 {
		rate = before[0].Open.Rate
	} else {
		d, err := capacity.Fit(*c)
		if err != nil {
			return err
		}
		rate = bearable * d.Ceiling(s.full()).Throughput
	}
	c.Open, err = s.measure(ctx, server, Load{Rate: rate})
	return err
}

func (s *session) saturated(ctx context.Context, c capacity.Calibration, size capacity.Size) (capacity.Run, error) {
	runs, err := s.each(ctx, size, []Load{{Clients: saturating(c, size)}})
	if err != nil {
		return capacity.Run{}, err
	}
	return runs[0], nil
}

// Measure measures a size under one load after another, of whose paths and window the plan tells.
func Measure(ctx context.Context, p Plan, size capacity.Size, loads ...Load) ([]capacity.Run, error) {
	s := session{Plan: p, of: len(loads)}
	return s.each(ctx, size, loads)
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

// each starts a size, measures it under one load after another and stops it.
func (s *session) each(ctx context.Context, size capacity.Size, loads []Load) (runs []capacity.Run, err error) {
	server, err := Start(ctx, s.Command, size, s.Paths...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	for _, l := range loads {
		run, err := s.measure(ctx, server, l)
		if err != nil {
			return runs, err
		}
		runs = append(runs, run)
	}
	return runs, nil
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
