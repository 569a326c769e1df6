package accuracy

import (
	"context"
	"fmt"

	"github.com/workerlab/workerlab/experiments/calibrate"
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
	Predicted  capacity.Outcome
	Measured   []capacity.Run // repetitions
}

// Settings are how the deployments are held to their predictions.
type Settings struct {
	Plan        calibrate.Plan // of which Command and Paths are set for each
	Repetitions int
	// Progress, if not nil, is told of every measurement: which of how many.
	Progress func(n, of int, what string)
}

// Run calibrates each deployment for each handler, predicts the cells and measures them.
func Run(ctx context.Context, deployments []Deployment, s Settings) (all []Result, err error) {
	t := trial{Settings: s, cells: Cells(s.Plan.Cores)}
	t.of = len(deployments) * len(Handlers()) * (len(t.cells)*s.Repetitions + 1)
	for _, d := range deployments {
		for _, h := range Handlers() {
			results, err := t.hold(ctx, d, h)
			if all = append(all, results...); err != nil {
				return all, fmt.Errorf("%s, %s: %w", d.Name, h.Do, err)
			}
		}
	}
	return all, nil
}

// A trial is the settings at work.
type trial struct {
	Settings
	cells    []Cell
	done, of int
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
	for _, c := range t.cells {
		r, err := predict(ctx, &fitted, c, p.Seed)
		if err != nil {
			return all, err
		}
		r.Deployment, r.Handler = d.Name, h.Name
		for range t.Repetitions {
			t.say("%s, %s: %v", d.Name, h.Name, c)
			measured, err := calibrate.Measure(ctx, p, c.Size, load(c, r.Predicted))
			if err != nil {
				return all, fmt.Errorf("%v: %w", c, err)
			}
			r.Measured = append(r.Measured, measured)
			p.Seed++ // other arrivals
		}
		all = append(all, r)
	}
	return all, nil
}

// predict is the cell's prediction, made before it is measured.
func predict(ctx context.Context, d *capacity.Deployment, c Cell, seed uint64) (r Result, err error) {
	l := capacity.Load{Clients: 2 * c.Workers * c.Threads}
	if c.Load > 0 {
		l = capacity.Load{Rate: c.Load * d.Ceiling(c.Size).Throughput}
	}
	r.Cell = c
	r.Predicted, err = d.PredictLoad(ctx, c.Size, l, seed)
	return r, err
}

// load is what the cell is measured under.
func load(c Cell, predicted capacity.Outcome) calibrate.Load {
	if c.Load == 0 {
		return calibrate.Load{Clients: 2 * c.Workers * c.Threads}
	}
	return calibrate.Load{Rate: predicted.Rate}
}
