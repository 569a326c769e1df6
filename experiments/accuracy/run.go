package accuracy

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/workerlab/workerlab/experiments/calibrate"
	"github.com/workerlab/workerlab/loadgen/arrival"
	"github.com/workerlab/workerlab/models/capacity"
)

// A Deployment is a server with its application, whose handlers are predicted one by one.
type Deployment struct {
	Name    string // gunicorn, Django
	Command calibrate.Command
}

// A Result is one cell, predicted and measured.
type Result struct {
	Deployment string
	Handler    string
	Cell       Cell
	Clients    int           // that the cell is loaded with …
	Rate       float64       // … or requests/s
	Limit      time.Duration // objective of p99
	Predicted  capacity.Outcome
	Without    map[capacity.Part]capacity.Outcome // predicted without a part of the model
	Measured   []capacity.Run                     // repetitions
	Replayed   []capacity.Outcome                 // sync, open: each repetition with its own arrivals
}

// Settings are how the deployments are held to their predictions.
type Settings struct {
	Plan        calibrate.Plan // of which Command and Paths are set for each
	Handlers    []Handler
	Repetitions int
	// Done has the results of deployments and handlers that need not be measured again.
	Done []Result
	// Progress, if not nil, is told of every measurement: which of how many.
	Progress func(n, of int, what string)
	// Keep, if not nil, is given all results whenever a handler's are complete.
	Keep func(all []Result) error
}

// Run calibrates each deployment for each handler, predicts the cells and measures them. With an error it
// returns what was complete before.
func Run(ctx context.Context, deployments []Deployment, s Settings) (all []Result, err error) {
	t := trial{Settings: s, stations: stations(s.Plan.Cores)}
	var subjects []subject
	for _, d := range deployments {
		for _, h := range s.Handlers {
			x := subject{d, h, t.had(d, h)}
			if subjects = append(subjects, x); len(x.done) == 0 {
				t.of += (t.cells(h) + 1) * s.Repetitions
			}
		}
	}
	for _, x := range subjects {
		if len(x.done) == 0 {
			if x.done, err = t.hold(ctx, x.deployment, x.handler); err != nil {
				return all, fmt.Errorf("%s, %s: %w", x.deployment.Name, x.handler.Do, err)
			}
		}
		all = append(all, x.done...)
		if s.Keep == nil {
			continue
		}
		if err := s.Keep(append(slices.Clone(all), s.beside(all)...)); err != nil {
			return all, err
		}
	}
	return all, nil
}

// beside are the results that were there already and are not among these.
func (s Settings) beside(all []Result) (others []Result) {
	for _, r := range s.Done {
		if !slices.ContainsFunc(all, func(o Result) bool { return o.Deployment == r.Deployment && o.Handler == r.Handler }) {
			others = append(others, r)
		}
	}
	return others
}

// A subject is a deployment with one handler.
type subject struct {
	deployment Deployment
	handler    Handler
	done       []Result
}

// A trial is the settings at work.
type trial struct {
	Settings
	stations []station
	done, of int
}

// cells is how many a handler has.
func (t *trial) cells(h Handler) (n int) {
	for _, s := range t.stations {
		if s.of(h) {
			n += len(s.cells)
		}
	}
	return n
}

// had are the results that are there already.
func (t *trial) had(d Deployment, h Handler) (all []Result) {
	for _, r := range t.Done {
		if r.Deployment == d.Name && r.Handler == h.Name {
			all = append(all, r)
		}
	}
	return all
}

func (t *trial) say(format string, args ...any) {
	if t.done++; t.Progress != nil {
		t.Progress(t.done, t.of, fmt.Sprintf(format, args...))
	}
}

// hold holds one deployment with one handler to its predictions. What is measured is measured in blocks, each
// of a calibration and of every cell once, so that a machine whose speed drifts drifts for both. Rates are
// chosen by the first block's calibration; the predictions, at these rates, are made of all of them.
func (t *trial) hold(ctx context.Context, d Deployment, h Handler) (all []Result, err error) {
	p := t.Plan
	p.Command, p.Paths, p.Weights, p.Classes = d.Command, []string{h.Path()}, []float64{1}, []string{"gevent"}
	var rounds []capacity.Calibration
	for n := range t.Repetitions {
		t.say("%s, %s: calibration %d of %d", d.Name, h.Name, n+1, t.Repetitions)
		round, err := calibrate.Round(ctx, p, rounds)
		if err != nil {
			return nil, err
		}
		if rounds = append(rounds, round); n == 0 {
			if all, err = t.choose(ctx, round, p, h); err != nil {
				return nil, err
			}
		}
		for i := range all {
			all[i].Deployment, all[i].Handler = d.Name, h.Name
		}
		if err := t.block(ctx, p, n, all); err != nil {
			return nil, err
		}
	}
	fitted, err := t.fit(capacity.Together(rounds), p)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if err := t.predict(ctx, &fitted, p, &all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// fit is the deployment, simulated for as long as it is measured.
func (t *trial) fit(c capacity.Calibration, p calibrate.Plan) (capacity.Deployment, error) {
	d, err := capacity.Fit(c)
	d.Effort = capacity.Effort{WarmUp: calibrate.WarmUp, Window: p.Window, Replications: 48}
	return d, err
}

// choose says which loads the cells have.
func (t *trial) choose(ctx context.Context, c capacity.Calibration, p calibrate.Plan, h Handler) (all []Result, err error) {
	d, err := t.fit(c, p)
	if err != nil {
		return nil, err
	}
	limit := 4 * (d.CPU() + d.Wait()) // what a lone request takes, four times
	goal := capacity.Goal{Latencies: []capacity.Latency{{Quantile: 0.99, Limit: limit}}, Errors: 1}
	for _, s := range t.stations {
		if !s.of(h) {
			continue
		}
		edge, err := t.edge(ctx, &d, s, goal, p)
		if err != nil {
			return nil, err
		}
		for _, c := range s.cells {
			r := Result{Cell: c, Limit: limit}
			switch {
			case c.saturated():
				r.Clients = 2 * c.Workers * max(4, c.Threads)
			case c.Load > 0:
				r.Rate = c.Load * d.Ceiling(c.Size).Throughput
			case edge > 0: // else no rate keeps the objective
				r.Rate = c.Edge * edge
			default:
				continue
			}
			all = append(all, r)
		}
	}
	return all, nil
}

// edge is the rate from which on a station's size is predicted to miss the goal; 0 if nobody asks.
func (t *trial) edge(ctx context.Context, d *capacity.Deployment, s station, goal capacity.Goal, p calibrate.Plan) (float64, error) {
	if !slices.ContainsFunc(s.cells, func(c Cell) bool { return c.Edge > 0 }) {
		return 0, nil
	}
	curve, err := d.Curve(ctx, s.size, capacity.Load{Beside: true}, goal, p.Seed)
	return min(curve.Breaks.Value, d.Ceiling(s.size).Throughput), err
}

// block measures every cell once, size by size, each started anew, with arrivals of the block's own.
func (t *trial) block(ctx context.Context, p calibrate.Plan, n int, all []Result) error {
	p.Seed = t.seed(n)
	for _, s := range t.stations {
		var loads []calibrate.Load
		var of []*Result
		for i := range all {
			if all[i].Cell.Size == s.size {
				loads = append(loads, calibrate.Load{Clients: all[i].Clients, Rate: all[i].Rate, Hogs: all[i].Cell.Hogs, HogPath: hogPath})
				of = append(of, &all[i])
			}
		}
		if len(loads) == 0 {
			continue
		}
		p.Progress = func(int, int, string) { t.say("%s, %s: %v", of[0].Deployment, of[0].Handler, s.size) }
		runs, err := calibrate.Measure(ctx, p, s.size, loads...)
		if err != nil {
			return fmt.Errorf("%v: %w", s.size, err)
		}
		for i, run := range runs {
			of[i].Measured = append(of[i].Measured, run)
		}
	}
	return nil
}

// seed is that of a block's arrivals.
func (t *trial) seed(block int) uint64 { return t.Plan.Seed + 1 + uint64(block) }

// predict makes the predictions of a cell: with all parts of the model, without each, and of a sync cell with the
// very arrivals that each block had.
func (t *trial) predict(ctx context.Context, d *capacity.Deployment, p calibrate.Plan, r *Result) (err error) {
	l := capacity.Load{Clients: r.Clients, Rate: r.Rate, Beside: true, Hogs: r.Cell.Hogs, Hogging: hogging}
	if r.Predicted, err = d.PredictLoad(ctx, r.Cell.Size, l, p.Seed); err != nil {
		return err
	}
	r.Without = make(map[capacity.Part]capacity.Outcome)
	for _, part := range capacity.Parts() {
		if r.Without[part], err = d.Without(part).PredictLoad(ctx, r.Cell.Size, l, p.Seed); err != nil {
			return err
		}
	}
	if r.Cell.Class != "sync" || r.Cell.Load == 0 {
		return nil
	}
	for n := range r.Measured {
		l.Schedule = arrival.Poisson(r.Rate, t.seed(n))
		o, err := d.PredictLoad(ctx, r.Cell.Size, l, p.Seed)
		if err != nil {
			return err
		}
		r.Replayed = append(r.Replayed, o)
	}
	return nil
}

func (c Cell) saturated() bool { return c.Load == 0 && c.Edge == 0 }
