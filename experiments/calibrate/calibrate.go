package calibrate

import (
	"context"
	"errors"
	"fmt"
	"math"
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
// ones predict a load that they do not hold: 70 % of what workers that keep all cores busy bear. What that run tells of
// the work is part of the fit then.
func Calibrate(ctx context.Context, p Plan) (c capacity.Calibration, d capacity.Deployment, check Check, err error) {
	s := session{Plan: p, of: p.runs()}
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
	if check.Predicted, err = d.Paced(c.Open.Pace).PredictLoad(ctx, full(c), capacity.Load{Rate: c.Open.Rate, Beside: true}, p.Seed); err != nil {
		return c, d, check, err
	}
	d, err = capacity.Fit(c)
	return c, d, check, err
}

// Round makes all the runs once. Of those before, it takes the rate of the open one.
func Round(ctx context.Context, p Plan, before []capacity.Calibration) (capacity.Calibration, error) {
	s := session{Plan: p, of: p.runs()}
	return s.round(ctx, before)
}

// runs is how many a calibration has.
func (p Plan) runs() int { return max(1, p.Rounds) * (len(p.Paths) + 5 + 2*len(p.Classes)) }

// full is the size of sync workers that keep all cores busy: as many as there are cores, or more where they wait.
func full(c capacity.Calibration) capacity.Size {
	const most, room = 16, 1.3
	workers := max(2, c.Cores)
	if x := held(c); x > 1.2 {
		workers = max(workers, min(most, int(math.Ceil(room*x*float64(c.Cores)))))
	}
	return capacity.Size{Class: "sync", Workers: workers, Threads: 1}
}

// threads is how many keep the interpreter lock of one worker busy: four, or more where they wait.
func threads(c capacity.Calibration) int {
	const least, most, room = 4, 32, 1.5
	return least * max(1, min(most/least, int(math.Ceil(room*held(c)/least))))
}

// held is how much longer a request takes a lone client than it computes.
func held(c capacity.Calibration) float64 {
	var work, all float64
	for i, r := range c.Alone {
		work += c.Weights[i] * r.CPU.Seconds()
		all += c.Weights[i] * max(r.Mean, r.CPU).Seconds()
	}
	return all / max(work, 1e-6)
}

func (s *session) round(ctx context.Context, before []capacity.Calibration) (c capacity.Calibration, err error) {
	c = capacity.Calibration{Cores: s.Cores, Names: s.Paths, Weights: s.Weights}
	if err := s.alone(ctx, &c); err != nil {
		return c, err
	}
	// Sizes and rates are told by the first round's runs, so that all rounds have the same.
	sizes, was := c, capacity.Calibration{OthersOpen: make([]capacity.Run, len(s.Classes))}
	if len(before) > 0 {
		sizes, was = before[0], before[0]
	}
	of := func(class string, workers, threads int) capacity.Size {
		return capacity.Size{Class: class, Workers: workers, Threads: threads}
	}
	if c.Threads, c.ThreadsOpen, err = s.both(ctx, sizes, of("gthread", 1, threads(sizes)), was.ThreadsOpen); err != nil {
		return c, err
	}
	for i, class := range s.Classes {
		saturated, open, err := s.both(ctx, sizes, of(class, max(2, s.Cores), 1), was.OthersOpen[i])
		if err != nil {
			return c, err
		}
		c.Others, c.OthersOpen = append(c.Others, saturated), append(c.OthersOpen, open)
	}
	c.Full, c.Open, err = s.both(ctx, sizes, full(sizes), was.Open)
	return c, err
}

// both measures a size saturated, and then under a part of what it bore, arriving at random: in all rounds what it was
// in the first.
func (s *session) both(ctx context.Context, c capacity.Calibration, size capacity.Size, was capacity.Run) (saturated, open capacity.Run, err error) {
	err = s.started(ctx, size, func(server *Server) (err error) {
		if saturated, err = s.measure(ctx, server, Load{Clients: saturating(c, size)}); err != nil {
			return err
		}
		rate := was.Rate
		if rate == 0 {
			rate = bearable * saturated.Throughput
		}
		open, err = s.measure(ctx, server, Load{Rate: rate})
		return err
	})
	return saturated, open, err
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
func (s *session) alone(ctx context.Context, c *capacity.Calibration) error {
	return s.started(ctx, capacity.Size{Class: "sync", Workers: 1, Threads: 1}, func(server *Server) (err error) {
		if err := s.lone(ctx, server, c); err != nil {
			return err
		}
		c.One, err = s.measure(ctx, server, Load{Clients: 4})
		return err
	})
}

// lone measures each path by a lone client.
func (s *session) lone(ctx context.Context, server *Server, c *capacity.Calibration) error {
	for _, path := range s.Paths {
		run, err := s.measure(ctx, server, Load{Paths: []string{path}, Weights: []float64{1}, Clients: 1})
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		c.Alone = append(c.Alone, run)
	}
	return nil
}

// each starts a size, measures it under one load after another and stops it.
func (s *session) each(ctx context.Context, size capacity.Size, loads []Load) (runs []capacity.Run, err error) {
	err = s.started(ctx, size, func(server *Server) error {
		for _, l := range loads {
			run, err := s.measure(ctx, server, l)
			if err != nil {
				return err
			}
			runs = append(runs, run)
		}
		return nil
	})
	return runs, err
}

// started starts a size, and stops it when f is done.
func (s *session) started(ctx context.Context, size capacity.Size, f func(*Server) error) (err error) {
	server, err := Start(ctx, s.Command, size, s.Paths...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	return f(server)
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
	run, err := server.Measure(ctx, l)
	if l.Clients != 1 {
		run.Law = nil // of others' response times, which are queues' too, nothing is made
	}
	return run, err
}
