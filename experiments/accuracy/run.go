package accuracy

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/workerlab/workerlab/experiments/calibrate"
	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/results/stat"
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
	Measured   []capacity.Run                     // repetitions …
	Each       []capacity.Outcome                 // … and each predicted
	Replayed   []capacity.Outcome                 // sync, open: each repetition with its own arrivals
	Breaks     stat.Interval                      // of the cell below the edge: rate from which on the size is predicted to miss the objective
}

// A Subject is a deployment with one handler: what was measured of it, and what is predicted of that.
type Subject struct {
	Deployment string
	Handler    string
	Rounds     []capacity.Calibration // one for each repetition
	Results    []Result
}

// Results are those of all subjects.
func Results(subjects []Subject) (all []Result) {
	for _, x := range subjects {
		all = append(all, x.Results...)
	}
	return all
}

// Settings are how the deployments are held to their predictions.
type Settings struct {
	Plan        calibrate.Plan // of which Command and Paths are set for each
	Handlers    []Handler
	Repetitions int
	// Done are subjects that need not be measured again. They are predicted anew.
	Done []Subject
	// Progress, if not nil, is told of every measurement: which of how many.
	Progress func(n, of int, what string)
	// Keep, if not nil, is given all subjects whenever one is complete.
	Keep func(all []Subject) error
}

// Run calibrates each deployment for each handler, measures the cells and predicts them. With an error it
// returns what was complete before.
func Run(ctx context.Context, deployments []Deployment, s Settings) (all []Subject, err error) {
	t := trial{Settings: s, stations: stations(s.Plan.Cores)}
	t.count(deployments)
	for _, d := range deployments {
		for _, h := range s.Handlers {
			x, done := t.had(d, h)
			if !done {
				x, err = t.measure(ctx, d, h)
			}
			if err == nil {
				err = t.predictAll(ctx, &x)
			}
			if err != nil {
				return all, fmt.Errorf("%s, %s: %w", d.Name, h.Do, err)
			}
			all = append(all, x)
			if s.Keep == nil {
				continue
			}
			if err := s.Keep(append(slices.Clone(all), s.beside(all)...)); err != nil {
				return all, err
			}
		}
	}
	return all, nil
}

// beside are the subjects that were there already and are not among these.
func (s Settings) beside(all []Subject) (others []Subject) {
	for _, x := range s.Done {
		if !slices.ContainsFunc(all, func(o Subject) bool { return o.Deployment == x.Deployment && o.Handler == x.Handler }) {
			others = append(others, x)
		}
	}
	return others
}

// A trial is the settings at work.
type trial struct {
	Settings
	stations []station
	done, of int
}

// count finds how much is to be measured.
func (t *trial) count(deployments []Deployment) {
	for _, d := range deployments {
		for _, h := range t.Handlers {
			if _, done := t.had(d, h); !done {
				t.of += (t.cells(h) + 1) * t.Repetitions
			}
		}
	}
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

// had is the subject that is there already, if it is.
func (t *trial) had(d Deployment, h Handler) (Subject, bool) {
	for _, x := range t.Done {
		if x.Deployment == d.Name && x.Handler == h.Name {
			return x, true
		}
	}
	return Subject{}, false
}

func (t *trial) say(format string, args ...any) {
	if t.done++; t.Progress != nil {
		t.Progress(t.done, t.of, fmt.Sprintf(format, args...))
	}
}

// measure measures one deployment with one handler, in blocks, each of a calibration and of every cell once, so
// that a machine whose speed drifts drifts for both. Rates are chosen by the first block's calibration.
func (t *trial) measure(ctx context.Context, d Deployment, h Handler) (x Subject, err error) {
	x = Subject{Deployment: d.Name, Handler: h.Name}
	p := t.Plan
	p.Command, p.Paths, p.Weights, p.Classes = d.Command, []string{h.Path()}, []float64{1}, []string{"gevent"}
	for n := range t.Repetitions {
		t.say("%s, %s: calibration %d of %d", d.Name, h.Name, n+1, t.Repetitions)
		round, err := calibrate.Round(ctx, p, x.Rounds)
		if err != nil {
			return x, err
		}
		if x.Rounds = append(x.Rounds, round); n == 0 {
			if x.Results, err = t.choose(ctx, round, d, h); err != nil {
				return x, err
			}
		}
		if err := t.block(ctx, p, n, x.Results); err != nil {
			return x, err
		}
	}
	return x, nil
}

// choose says which loads the cells have.
func (t *trial) choose(ctx context.Context, c capacity.Calibration, of Deployment, h Handler) (all []Result, err error) {
	d, err := t.fit([]capacity.Calibration{c})
	if err != nil {
		return nil, err
	}
	limit := 4 * (d.CPU() + d.Wait()) // what a lone request takes, four times
	for _, s := range t.stations {
		if !s.of(h) {
			continue
		}
		edge := 0.0
		if s.open() {
			breaks, err := t.breaks(ctx, &d, s.size, limit)
			if err != nil {
				return nil, err
			}
			edge = breaks.Estimate
		}
		for _, c := range s.cells {
			r := Result{Deployment: of.Name, Handler: h.Name, Cell: c, Limit: limit}
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
