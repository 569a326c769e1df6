package accuracy

import (
	"context"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/workerlab/workerlab/experiments/calibrate"
	"github.com/workerlab/workerlab/loadgen/arrival"
	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results/stat"
)

// predictAll makes the predictions of a subject's cells from all its calibrations: at the rates that were measured.
func (t *held) predictAll(ctx context.Context, x *Subject) error {
	fitted, err := t.fit(x.Calibration)
	if err != nil {
		return err
	}
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(runtime.GOMAXPROCS(0))
	for i := range x.Results {
		all.Go(func() error { return t.predict(ctx, &fitted, &x.Results[i]) })
	}
	return all.Wait()
}

// fit is the deployment by its calibration, simulated for as long as it is measured.
func (t *held) fit(c capacity.Calibration) (capacity.Deployment, error) {
	d, err := capacity.Fit(c)
	d.Effort = capacity.Effort{WarmUp: calibrate.WarmUp, Window: t.Window, Replications: 48}
	return d, err
}

// predict makes the predictions of a cell, on a machine of the pace that it had while the cell was measured: with
// all parts of the model, without each, for each repetition, and where the objective breaks. Repetitions of a sync
// cell are predicted with the very arrivals that they had, too.
func (t *held) predict(ctx context.Context, d *capacity.Deployment, r *Result) (err error) {
	seed := t.Seed
	l := capacity.Load{Clients: r.Clients, Rate: r.Rate, Beside: true, Background: r.Cell.Background, BackgroundWork: working}
	of := func(d *capacity.Deployment, pace time.Duration) (o capacity.Outcome) {
		if err == nil {
			o, err = d.Paced(pace).PredictLoad(ctx, r.Cell.Size, l, seed)
		}
		return o
	}
	pace := r.Mean().Pace
	r.Predicted = of(d, pace)
	r.Without = make(map[capacity.Part]capacity.Outcome)
	for _, part := range capacity.Parts() {
		r.Without[part] = of(d.Without(part), pace)
	}
	r.Each, r.Replayed = nil, nil
	for _, run := range r.Measured {
		r.Each = append(r.Each, of(d, run.Pace))
	}
	if r.Cell.speaks() && err == nil {
		r.Breaks, err = t.breaks(ctx, d.Paced(pace), r.Cell.Size, r.Limit)
	}
	if r.Cell.Class != spec.DefaultClass || r.Cell.Load == 0 {
		return err
	}
	for n, run := range r.Measured {
		l.Schedule = arrival.Warmed(arrival.Poisson(r.Rate, r.Arrivals[n]), r.WarmUp)
		r.Replayed = append(r.Replayed, of(d, run.Pace))
	}
	return err
}

// breaks is the rate from which on a size is predicted to miss the objective, at most its ceiling.
func (t *held) breaks(ctx context.Context, d *capacity.Deployment, s capacity.Size, limit time.Duration) (stat.Interval, error) {
	goal := capacity.Goal{Latencies: []capacity.Latency{{Quantile: 0.99, Limit: limit}}, Errors: 1}
	curve, err := d.Curve(ctx, s, capacity.Load{Beside: true}, goal, t.Seed)
	ceiling := d.Ceiling(s).Throughput
	b := curve.Breaks
	return stat.Interval{Estimate: min(b.Estimate, ceiling), Low: min(b.Low, ceiling), High: min(b.High, ceiling)}, err
}
