package calibrate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/results"
)

// A Calibrator has a design's runs made on the rig, and keeps them. Open it, and Close it whatever happens.
type Calibrator struct {
	Design   Design
	Software rig.Software // Started or Attached
	Run      string       // id of the run, repeated in every record

	// Earlier are the records of earlier sessions: what counts among them is not made again.
	Earlier results.Table
	// Record is given every record as its run ends. Its error ends the calibration.
	Record func(results.Record) error
	// Progress, if not nil, is told of every run before it is made.
	Progress func(Progress)
	// Notes are what happened beside, for whoever reads the plan: processes that had to be killed.
	Notes []string
	// Repeats is how many runs that do not count may be made again in all; 0: half as many as a calibration has, at least 4.
	Repeats int

	session *rig.Session
	kept    *rig.Kept
	table   results.Table
}

// Progress is where a calibration stands.
type Progress struct {
	Run, Of int
	Try     int // from 1
	What    string
	Left    time.Duration // about, until the last run has ended
}

// Records of runs say by these names what they were made for.
const (
	calibration  = "calibration"
	verification = "verification"
)

// Tries is how often a run that does not count is made at most.
const Tries = 3

// Open makes the rig ready.
func (c *Calibrator) Open() (err error) {
	c.kept = &rig.Kept{Software: c.Software, Stopped: c.stopped}
	c.table = slices.Clone(c.Earlier)
	c.Repeats = cmp.Or(c.Repeats, max(4, (c.Design.runs()+1)/2))
	c.session, err = rig.Open(c.kept)
	return err
}

// stopped notes a server that had to be killed, once for all sizes.
func (c *Calibrator) stopped(e *launch.StopError) {
	note := fmt.Sprintf("The deployment did not stop within %v of SIGINT and was killed, with all that it had started; deployed, it may be slow to reload.", e.Limit)
	if len(c.Notes) == 0 || c.Notes[len(c.Notes)-1] != note {
		c.Notes = append(c.Notes, note)
	}
}

// Close stops what was started.
func (c *Calibrator) Close() error {
	if c.session == nil {
		return nil
	}
	err := c.kept.Close()
	c.session.Close()
	return err
}

// Records are all records so far.
func (c *Calibrator) Records() results.Table { return c.table }

// Calibrate makes the runs that there are no records of which count. A run that does not count, after as many tries
// as there are, is no error: Read names it. It is one where the deployment does not start, or answers with errors,
// and when ctx ends.
func (c *Calibrator) Calibrate(ctx context.Context) error {
	for round := range max(1, c.Design.Rounds) {
		if err := c.Round(ctx, round); err != nil {
			return err
		}
	}
	return nil
}

// Round is one round of Calibrate, from 0.
func (c *Calibrator) Round(ctx context.Context, round int) (failed error) {
	all := c.Design.runs()
	done := round * all / max(1, c.Design.Rounds)
	c.Design.trials(c, func(t trial.Trial) bool {
		done++
		failed = c.make(ctx, trial.Step{Trial: t, Key: t.Key(), Block: round, Users: []string{calibration}}, done, all)
		return failed == nil
	})
	return failed
}

// of implements found: by the records so far.
func (c *Calibrator) of(t trial.Trial) (capacity.Run, bool) { return table(c.table).of(t) }

// Verify measures a size under so many requests a second. It is false where no try counts.
func (c *Calibrator) Verify(ctx context.Context, s capacity.Size, rate float64) (capacity.Run, bool, error) {
	t := c.Design.Open(s, rate)
	t.Blocks = 1
	step := trial.Step{Trial: t, Key: t.Key(), Block: verified, Users: []string{verification}}
	if err := c.make(ctx, step, 1, 1); err != nil {
		return capacity.Run{}, false, err
	}
	run, ok := table(c.table).at(t, verified)
	return run, ok, nil
}

// verified is the block of a verification, which is none of a calibration's.
const verified = 1000

// Measure makes the runs of some trials in a round: what of it counts, Read returns, or At.
func (c *Calibrator) Measure(ctx context.Context, round int, trials ...trial.Trial) error {
	for i, t := range trials {
		if err := c.make(ctx, trial.Step{Trial: t, Key: t.Key(), Block: round}, i+1, len(trials)); err != nil {
			return err
		}
	}
	return nil
}

// make makes a run, unless there is one that counts.
func (c *Calibrator) make(ctx context.Context, step trial.Step, run, of int) error {
	if _, counts := table(c.table).at(step.Trial, step.Block); counts {
		return nil
	}
	before := len(c.table)
	err := c.session.Run(ctx, rig.Runner{
		Plan: trial.Plan{step}, Seed: c.Design.Seed, Run: c.Run, Earlier: c.table,
		Tries: table(c.table).tries(step) + min(Tries, 1+c.Repeats),
		Record: func(r results.Record) error {
			c.table = append(c.table, r)
			return errors.Join(c.Record(r), failed(r))
		},
		Progress: func(p rig.Progress) { c.say(step, p.Try, run, of) },
	})
	c.Repeats -= max(0, len(c.table)-before-1)
	return err
}

// failed is the error of a run whose server does not work: no other run of the deployment would.
func failed(r results.Record) error {
	for _, reason := range r.Invalid {
		if why, ok := strings.CutPrefix(reason, "the server failed: "); ok {
			return errors.New(why)
		}
	}
	return nil
}

func (c *Calibrator) say(step trial.Step, try, run, of int) {
	if c.Progress == nil {
		return
	}
	const around = time.Second // what a run takes beside its window: the warm-up, a start now and then
	c.Progress(Progress{run, of, try, name(step.Trial), time.Duration(of-run+1) * (step.Trial.Window + around)})
}

// name is a run in few words.
func name(t trial.Trial) string {
	s := capacity.Size{Class: t.Server.Class, Workers: t.Server.Workers, Threads: t.Server.Threads}
	return fmt.Sprintf("%v, %s", s, loadName(t.Load.Clients, t.Load.Rate))
}
