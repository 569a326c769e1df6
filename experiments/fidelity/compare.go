package fidelity

import (
	"context"
	"errors"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/preflight"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// A Bench carries plans out: a Session does.
type Bench interface {
	Run(context.Context, rig.Runner) error
}

// Shape is how the curves of both servers compare.
type Shape struct {
	Origin
	Blocks  int            `json:"blocks"`
	Runs    int            `json:"runs"` // all, with those that do not count
	Invalid int            `json:"invalid"`
	Reasons map[string]int `json:"reasons,omitempty"` // why they do not
	Left    int            `json:"left,omitempty"`    // runs of the plan for which there was no time
	Costs   []Cost         `json:"costs"`
	Curves  []Curve        `json:"curves"`
}

// A comparison measures the scenarios on both servers.
type comparison struct {
	bench  Bench
	seed   uint64
	blocks int
	tell   func(Progress)
	table  results.Table
	left   int // runs for which there was no time
}

// Compare measures the scenarios on both servers in so many blocks. It fails where not even the costs
// could be measured, and when ctx ends.
func Compare(ctx context.Context, bench Bench, seed uint64, blocks int, progress func(Progress)) (*Shape, error) {
	c := &comparison{bench: bench, seed: seed, blocks: blocks, tell: progress}
	scenarios := Scenarios()
	later := c.plan(scenarioTrials(scenarios, make([]Cost, len(scenarios)))).Estimate()
	if err := c.run(ctx, costTrials(scenarios), later); err != nil {
		return nil, err
	}
	measured, err := costs(scenarios, c.table)
	if err != nil {
		return nil, err
	}
	each := make([]Cost, len(scenarios))
	for i, s := range scenarios {
		each[i] = s.cost(measured)
	}
	if err := c.run(ctx, scenarioTrials(scenarios, each), 0); err != nil {
		return nil, err
	}
	shape := &Shape{Blocks: blocks, Costs: measured, Left: c.left}
	shape.Runs, shape.Invalid, shape.Reasons = c.table.Validity()
	for i, s := range scenarios {
		for _, figure := range s.Figures() {
			shape.Curves = append(shape.Curves, s.curve(figure, each[i], c.table))
		}
	}
	return shape, nil
}

// Needs are what comparing asks of the machine.
func Needs() preflight.Needs {
	scenarios := Scenarios()
	c := comparison{blocks: 1}
	return rig.Needs(c.plan(scenarioTrials(scenarios, make([]Cost, len(scenarios)))))
}

// scenarioTrials are those of all scenarios, given their costs.
func scenarioTrials(scenarios []Scenario, took []Cost) (trials []trial.Trial) {
	for i, s := range scenarios {
		for _, at := range s.At {
			trials = append(trials, s.trial("", at, took[i]), s.trial(Theirs, at, took[i]))
		}
	}
	return trials
}

// plan is the trials in randomised blocks.
func (c *comparison) plan(trials []trial.Trial) trial.Plan {
	for i := range trials {
		trials[i].Blocks = c.blocks
	}
	e := experiments.Experiment{ID: "fidelity", Trials: func(trial.Profile) []trial.Trial { return trials }}
	return experiments.NewPlan([]experiments.Experiment{e}, trial.Standard, c.seed)
}

// run measures the trials, before others that take so long. It may take twice as long as planned, for what
// the host spoils to be repeated; runs for which there is no time are left out.
func (c *comparison) run(ctx context.Context, trials []trial.Trial, later time.Duration) error {
	plan := c.plan(trials)
	err := c.bench.Run(ctx, rig.Runner{
		Plan: plan, Seed: c.seed, Run: "fidelity", Budget: 2*plan.Estimate() + 30*time.Second,
		Record: func(r results.Record) error {
			c.table = append(c.table, r)
			return nil
		},
		Progress: func(p rig.Progress) {
			c.tell(Progress{What: p.Steps[0].Trial.String(), Done: p.Done, Total: p.Total, Left: p.Left + later})
		},
	})
	if fuse := (*rig.FuseError)(nil); errors.As(err, &fuse) {
		c.left += fuse.Left
		return nil
	}
	return err
}
