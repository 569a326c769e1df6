package planning

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/workerlab/workerlab/experiments/calibrate"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/results"
)

// A Plan is a recommendation with all that it rests on.
type Plan struct {
	Request
	Took time.Duration

	calibration capacity.Calibration
	missing     []calibrate.Missing
	deployment  capacity.Deployment
	check       *Check // nil: no run that the fit could be held to counts
	sizes       capacity.Plan
	now         *capacity.Outcome // the size that runs now, where it is known
	remedy      *capacity.Remedy  // where nothing meets the goal
	curve       *capacity.Curve   // of the recommendation or of the nearest, for the page
	verified    *Check            // of the recommendation
	unverified  string            // why it was not, though that was asked for
	notes       []string
	records     string // where they lie, if they are kept
}

// A Check is a load that a fit was held to: what it predicted, and what came.
type Check struct {
	Predicted capacity.Outcome
	Measured  capacity.Run
}

// Watch is told where a plan stands. Each may be nil.
type Watch struct {
	Measuring  func(calibrate.Progress)
	Simulating func(n, of int, s capacity.Size) // before each size: the last one may be found long before all were looked at
	Doing      func(what string)
}

func (w Watch) doing(format string, args ...any) {
	if w.Doing != nil {
		w.Doing(fmt.Sprintf(format, args...))
	}
}

// A ShortError says that too few runs count to plan from.
type ShortError struct {
	Err     error
	Missing []calibrate.Missing
}

// Error implements error.
func (e *ShortError) Error() string {
	var all []string
	for _, m := range e.Missing {
		all = append(all, m.String())
	}
	return fmt.Sprintf("too few runs count: %v; missing are: %s", e.Err, strings.Join(all, "; "))
}

// Unwrap returns what the fit lacked.
func (e *ShortError) Unwrap() error { return e.Err }

// Make makes the runs that are missing, where the folder is open for that, and plans from all of them. That no size
// meets the goal is no error: see Plan.Met. When ctx ends, what counted is kept.
func Make(ctx context.Context, f *Folder, w Watch) (p *Plan, err error) {
	p = &Plan{Request: f.Request, records: f.dir}
	began := time.Now()
	records := f.earlier
	var c *calibrate.Calibrator
	if f.measures() {
		if c, err = p.measure(ctx, f, w); c != nil {
			defer func() { err = errors.Join(err, c.Close()); p.note(c) }()
			records = c.Records()
		}
		if err != nil {
			return p, err
		}
	}
	if err := p.judge(ctx, records); err != nil {
		return p, err
	}
	if err := p.decide(ctx, w); err != nil {
		return p, err
	}
	err = p.verify(ctx, c, w)
	p.Took = time.Since(began)
	return p, err
}

// measure makes the runs of the calibration.
func (p *Plan) measure(ctx context.Context, f *Folder, w Watch) (*calibrate.Calibrator, error) {
	var software rig.Software = calibrate.Started{Command: p.Command, Paths: p.Design.Paths}
	if p.Found != nil {
		software = calibrate.Attached{Deployed: p.Found, Paths: p.Design.Paths}
	}
	c := &calibrate.Calibrator{
		Design: p.Design, Software: software, Run: f.manifest.Run, Earlier: f.earlier, Record: f.keep, Progress: w.Measuring,
	}
	if err := c.Open(); err != nil {
		return nil, err
	}
	return c, c.Calibrate(ctx)
}

// note keeps what happened beside the runs.
func (p *Plan) note(c *calibrate.Calibrator) {
	for _, note := range c.Notes {
		if !slices.Contains(p.notes, note) {
			p.notes = append(p.notes, note)
		}
	}
}

// judge fits the deployment to what counts of the records, and holds the fit without the runs under random arrivals of
// one size to these.
func (p *Plan) judge(ctx context.Context, records results.Table) (err error) {
	p.calibration, p.missing = calibrate.Read(p.Design, records)
	if p.deployment, err = capacity.Fit(p.calibration); err != nil {
		return &ShortError{err, p.missing}
	}
	size := p.Design.Checked(p.calibration)
	without, held := p.calibration, []capacity.Run(nil)
	without.Runs = slices.DeleteFunc(slices.Clone(without.Runs), func(r capacity.Run) bool {
		of := r.Rate > 0 && r.Size == size
		if of {
			held = append(held, r)
		}
		return of
	})
	if len(held) == 0 {
		return nil
	}
	d, err := capacity.Fit(without)
	if err != nil {
		return err
	}
	measured := capacity.Mean(held)
	predicted, err := d.Paced(measured.Pace).PredictLoad(ctx, size, capacity.Load{Rate: measured.Rate, Beside: true}, p.Design.Seed)
	p.check = &Check{predicted, measured}
	return err
}

// decide looks for the cheapest size, and for what it would take where there is none.
func (p *Plan) decide(ctx context.Context, w Watch) (err error) {
	d, seed := &p.deployment, p.Design.Seed
	w.doing("simulating")
	if p.sizes, err = capacity.New(ctx, d, p.Goal, seed, w.Simulating); err != nil {
		return err
	}
	if p.Design.Only.Workers > 0 {
		now, err := d.Predict(ctx, p.Design.Only, p.Goal.Rate, seed)
		if err != nil {
			return err
		}
		p.now = &now
	}
	if p.sizes.Best == nil {
		w.doing("looking for what it would take")
		remedy, err := d.Remedy(ctx, p.Goal, p.sizes, seed)
		if err != nil {
			return err
		}
		p.remedy = &remedy
	}
	if size := p.shown(); p.Page && size != nil {
		w.doing("simulating %v under more and more load", *size)
		curve, err := d.Curve(ctx, *size, capacity.Load{}, p.Goal, seed)
		if err != nil {
			return err
		}
		p.curve = &curve
	}
	return nil
}

// verify measures what is recommended.
func (p *Plan) verify(ctx context.Context, c *calibrate.Calibrator, w Watch) error {
	best := p.sizes.Best
	switch {
	case !p.Verify || best == nil || c == nil:
		return nil
	case p.Found != nil && p.Found.Size != best.Size:
		p.unverified = fmt.Sprintf("Not verified: %v runs, not %v. Start that and attach to it.", p.Found.Size, best.Size)
		return nil
	}
	w.doing("verifying %v", best.Size)
	run, counts, err := c.Verify(ctx, best.Size, p.Goal.Rate)
	if err != nil {
		return err
	}
	if !counts {
		p.unverified = fmt.Sprintf("Not verified: no run of %v counts, of %d tries.", best.Size, calibrate.Tries)
		return nil
	}
	// The load generator was on the same cores, which is not planned for.
	predicted, err := p.deployment.PredictLoad(ctx, best.Size, capacity.Load{Rate: p.Goal.Rate, Beside: true}, p.Design.Seed)
	p.verified = &Check{predicted, run}
	return err
}

// Met reports whether a size meets the goal.
func (p *Plan) Met() bool { return p.sizes.Best != nil }

// Missing are the runs that do not count.
func (p *Plan) Missing() []calibrate.Missing { return p.missing }

// Records is where the runs' records lie; "": they are not kept.
func (p *Plan) Records() string { return p.records }

// Forget says that the records are not kept, so that nobody is sent to them.
func (p *Plan) Forget() { p.records = "" }

// shown is the size of which more is shown than one load: what is recommended, or comes nearest.
func (p *Plan) shown() *capacity.Size {
	switch {
	case p.sizes.Best != nil:
		return &p.sizes.Best.Size
	case p.sizes.Nearest != nil:
		return &p.sizes.Nearest.Size
	case p.remedy != nil && p.remedy.Size.Workers > 0:
		return &p.remedy.Size
	}
	return nil
}
