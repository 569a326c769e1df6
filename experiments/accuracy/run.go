package accuracy

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/workerlab/workerlab/experiments/calibrate"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/models/greenlet"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
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
	WarmUp     time.Duration // before each run's window
	Predicted  capacity.Outcome
	Without    map[capacity.Part]capacity.Outcome // predicted without a part of the model
	Measured   []capacity.Run                     // repetitions …
	Arrivals   []uint64                           // … the seeds of their arrivals …
	Each       []capacity.Outcome                 // … and each predicted
	Replayed   []capacity.Outcome                 // sync, open: each repetition with its own arrivals
	Breaks     stat.Interval                      // of the cell below the edge: rate from which on the size is predicted to miss the objective
}

// A Subject is a deployment with one handler: what was measured of it, and what is predicted of that.
type Subject struct {
	Deployment  string
	Handler     string
	Calibration capacity.Calibration // of a round for each repetition
	Results     []Result
	Missing     []string `json:",omitempty"` // runs that do not count; a cell that lacks one is left out
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
	Cores       int
	Window      time.Duration // of each run
	Seed        uint64
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
	t := held{Settings: s, stations: stations(s.Cores)}
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

// held is the settings at work.
type held struct {
	Settings
	stations []station
	done, of int
}

// count finds how much is to be measured.
func (t *held) count(deployments []Deployment) {
	for _, d := range deployments {
		for _, h := range t.Handlers {
			if _, done := t.had(d, h); !done {
				t.of += (t.cells(h) + 1) * t.Repetitions
			}
		}
	}
}

// cells is how many a handler has.
func (t *held) cells(h Handler) (n int) {
	for _, s := range t.stations {
		if s.of(h) {
			n += len(s.cells)
		}
	}
	return n
}

// had is the subject that is there already, if it is.
func (t *held) had(d Deployment, h Handler) (Subject, bool) {
	for _, x := range t.Done {
		if x.Deployment == d.Name && x.Handler == h.Name {
			return x, true
		}
	}
	return Subject{}, false
}

func (t *held) say(format string, args ...any) {
	if t.done++; t.Progress != nil {
		t.Progress(t.done, t.of, fmt.Sprintf(format, args...))
	}
}

// measure measures one deployment with one handler, in blocks, each of a calibration and of every cell once, so
// that a machine whose speed drifts drifts for both. Rates are chosen by the first block's calibration.
func (t *held) measure(ctx context.Context, d Deployment, h Handler) (x Subject, err error) {
	x = Subject{Deployment: d.Name, Handler: h.Name}
	paths := []trial.Path{{Path: h.Path(), Weight: 1}}
	c := &calibrate.Calibrator{
		Design:   calibrate.Design{Paths: paths, Cores: t.Cores, Classes: classes(), Rounds: t.Repetitions, Window: t.Window, Seed: t.Seed},
		Software: calibrate.Started{Command: d.Command, Paths: paths}, Run: "accuracy", Repeats: math.MaxInt,
		Record: func(results.Record) error { return nil },
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if err := c.Open(); err != nil {
		return x, err
	}
	for n := range t.Repetitions {
		t.say("%s, %s: calibration %d of %d", d.Name, h.Name, n+1, t.Repetitions)
		if err := c.Round(ctx, n); err != nil {
			return x, err
		}
		x.Calibration, _ = calibrate.Read(c.Design, c.Records())
		if n == 0 {
			if x.Results, err = t.choose(ctx, x.Calibration.Upto(1), d, h); err != nil {
				return x, err
			}
		}
		if err := t.block(ctx, c, n, &x); err != nil {
			return x, err
		}
	}
	_, missing := calibrate.Read(c.Design, c.Records())
	for _, m := range missing {
		x.Missing = append(x.Missing, m.String())
	}
	x.Results = slices.DeleteFunc(x.Results, func(r Result) bool { return len(r.Measured) < t.Repetitions })
	return x, nil
}

// choose says which loads the cells have.
func (t *held) choose(ctx context.Context, c capacity.Calibration, of Deployment, h Handler) (all []Result, err error) {
	d, err := t.fit(c)
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
			r := Result{Deployment: of.Name, Handler: h.Name, Cell: c, Limit: limit, WarmUp: calibrate.WarmUp}
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

// classes are those of the calibration.
func classes() []string {
	return []string{spec.DefaultClass, catalog.Threaded().Name, greenlet.Gevent.Name}
}

// block measures every cell once, size by size, each started anew, with arrivals of the block's own.
func (t *held) block(ctx context.Context, c *calibrate.Calibrator, n int, x *Subject) error {
	for i := range x.Results {
		r := &x.Results[i]
		t.say("%s, %s: %v", r.Deployment, r.Handler, r.Cell)
		made := r.trial(c.Design)
		if err := c.Measure(ctx, n, made); err != nil {
			return fmt.Errorf("%v: %w", r.Cell, err)
		}
		run, counts := calibrate.At(c.Records(), made, n)
		if !counts {
			x.Missing = append(x.Missing, fmt.Sprintf("%v, repetition %d", r.Cell, n+1))
			continue
		}
		r.Measured = append(r.Measured, run)
		r.Arrivals = append(r.Arrivals, trial.Draws{Seed: t.Seed, Block: n}.Arrivals())
	}
	return nil
}

// trial is the cell as it is measured.
func (r *Result) trial(d calibrate.Design) trial.Trial {
	if r.Rate == 0 {
		return d.Saturated(r.Cell.Size, r.Clients)
	}
	t := d.Open(r.Cell.Size, r.Rate)
	if r.Cell.Background > 0 {
		t.Hog = spec.Load{Do: trial.Asking(trial.Path{Path: backgroundPath, Weight: 1}), Clients: r.Cell.Background, Timeout: t.Load.Timeout}
	}
	return t
}
