package accuracy

import (
	"context"
	"fmt"
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
	Limit      time.Duration // objective of p99
	Predicted  capacity.Outcome
	Without    map[capacity.Part]capacity.Outcome // predicted without a part of the model
	Measured   []capacity.Run                     // repetitions
	Replayed   []capacity.Outcome                 // sync, open: each repetition with its own arrivals
}

// Settings are how the deployments are held to their predictions.
type Settings struct {
	Plan        calibrate.Plan // of which Command and Paths are set for each
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
	for _, d := range deployments {
		for _, h := range Handlers() {
			if len(t.had(d, h)) == 0 {
				t.of += len(Cells(s.Plan.Cores))*s.Repetitions + 1
			}
		}
	}
	for _, d := range deployments {
		for _, h := range Handlers() {
			results := t.had(d, h)
			if len(results) == 0 {
				if results, err = t.hold(ctx, d, h); err != nil {
					return all, fmt.Errorf("%s, %s: %w", d.Name, h.Do, err)
				}
			}
			all = append(all, results...)
			if s.Keep != nil {
				if err := s.Keep(all); err != nil {
					return all, err
				}
			}
		}
	}
	return all, nil
}

// A trial is the settings at work.
type trial struct {
	Settings
	stations []station
	done, of int
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

// hold holds one deployment with one handler to its predictions.
func (t *trial) hold(ctx context.Context, d Deployment, h Handler) (all []Result, err error) {
	p := t.Plan
	p.Command, p.Paths, p.Weights = d.Command, []string{h.Path()}, []float64{1}
	t.say("%s, %s: calibration", d.Name, h.Name)
	_, fitted, _, err := calibrate.Calibrate(ctx, p)
	if err != nil {
		return nil, err
	}
	for _, station := range t.stations {
		results, err := t.predict(ctx, &fitted, station, p)
		if err != nil {
			return nil, err
		}
		for i := range results {
			results[i].Deployment, results[i].Handler = d.Name, h.Name
		}
		if err := t.measure(ctx, &fitted, p, station, results); err != nil {
			return nil, fmt.Errorf("%v: %w", station.size, err)
		}
		all = append(all, results...)
	}
	return all, nil
}

// predict makes the predictions of a station's cells, before any of them is measured.
func (t *trial) predict(ctx context.Context, d *capacity.Deployment, s station, p calibrate.Plan) (results []Result, err error) {
	limit := capacity.Latency{Quantile: 0.99, Limit: objective(d)}
	breaks, err := d.Breaks(ctx, s.size, limit, like(p), p.Seed)
	if err != nil {
		return nil, err
	}
	for _, c := range s.cells {
		l := like(p)
		switch {
		case c.Load > 0:
			l.Rate = c.Load * d.Ceiling(c.Size).Throughput
		case c.Edge > 0:
			l.Rate = c.Edge * breaks
		default:
			l.Clients = 2 * c.Workers * max(4, c.Threads)
		}
		if c.Edge > 0 && breaks == 0 {
			continue // it has no edge
		}
		r := Result{Cell: c, Limit: limit.Limit, Without: make(map[capacity.Part]capacity.Outcome)}
		if r.Predicted, err = d.PredictLoad(ctx, c.Size, l, p.Seed); err != nil {
			return nil, err
		}
		for _, part := range capacity.Parts() {
			if r.Without[part], err = d.Without(part).PredictLoad(ctx, c.Size, l, p.Seed); err != nil {
				return nil, err
			}
		}
		results = append(results, r)
	}
	return results, nil
}

// objective is a p99 of four times what a lone request takes.
func objective(d *capacity.Deployment) time.Duration { return 4 * (d.CPU() + d.Wait()) }

// like is a simulated load as it is measured: as long, and with the generator beside the server.
func like(p calibrate.Plan) capacity.Load {
	return capacity.Load{Beside: true, WarmUp: calibrate.WarmUp, Window: p.Window, Replications: 60}
}

// measure measures a station's cells as often as is wanted, each time started anew and with other arrivals.
func (t *trial) measure(ctx context.Context, d *capacity.Deployment, p calibrate.Plan, s station, results []Result) error {
	for n := range t.Repetitions {
		p.Seed = t.Plan.Seed + 1 + uint64(n)
		p.Progress = func(int, int, string) { t.say("%s, %s: %v", results[0].Deployment, results[0].Handler, s.size) }
		loads := make([]calibrate.Load, len(results))
		for i, r := range results {
			loads[i] = calibrate.Load{Rate: r.Predicted.Rate}
			if r.Cell.saturated() {
				loads[i] = calibrate.Load{Clients: 2 * s.size.Workers * max(4, s.size.Threads)}
			}
		}
		runs, err := calibrate.Measure(ctx, p, s.size, loads...)
		if err != nil {
			return err
		}
		for i := range results {
			results[i].Measured = append(results[i].Measured, runs[i])
			if err := results[i].replay(ctx, d, p); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c Cell) saturated() bool { return c.Load == 0 && c.Edge == 0 }

// replay predicts a repetition with the very arrivals that it had.
func (r *Result) replay(ctx context.Context, d *capacity.Deployment, p calibrate.Plan) error {
	if r.Cell.Class != "sync" || r.Cell.Load == 0 {
		return nil
	}
	l := like(p)
	l.Rate, l.Schedule = r.Predicted.Rate, arrival.Poisson(r.Predicted.Rate, p.Seed)
	o, err := d.PredictLoad(ctx, r.Cell.Size, l, p.Seed)
	r.Replayed = append(r.Replayed, o)
	return err
}
