package rig

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// A Runner carries a plan out, one batch after the other, on a Session, and then adds blocks for the
// claims that are still undecided.
type Runner struct {
	Plan trial.Plan
	Seed uint64
	Run  string // id of the run, repeated in every record
	// Budget is a fuse: no run is begun that would not end within it. What it leaves beyond the plan's
	// estimate is for waiting until the host is quiet, for repeating tainted runs, and then for added
	// blocks. 0: no limit, and no blocks are added.
	Budget time.Duration
	Tries  int // of a run, tainted ones repeated; 0: Tries

	// Interim, if not nil, is asked for more blocks when the plan is through; nil: none are added.
	Interim Analysis

	// Earlier are the records of earlier sittings, and Added the blocks that were added in them.
	Earlier results.Table
	Added   []results.Added

	// Record is given every run as it ends, in order. Its error ends the session.
	Record func(results.Record) error
	// Extend, if not nil, is told of the blocks that are added, before their runs. Its error ends the
	// session.
	Extend func(results.Added) error
	// Progress, if not nil, is called before every batch.
	Progress func(Progress)
}

// An Analysis is made between a plan's end and that of a session's time: it chooses what to add.
type Analysis interface {
	// Next are the blocks that may settle a claim in the time left, given all records so far; false: none
	// may. pace corrects an estimate by the host's pace.
	Next(table results.Table, left time.Duration, pace func(time.Duration) time.Duration) (results.Added, bool)
	// Plan is the runs of such blocks.
	Plan(results.Added) trial.Plan
}

// Progress is where a session stands.
type Progress struct {
	Steps []trial.Step // that run now, at the same time
	Try   int          // of the first of them, from 1
	Done  int          // runs of the plan that ended, repeated ones not counted again
	Total int          // runs of the plan
	Left  time.Duration
	// Added are the blocks, added for one claim, to which Done, Total and Left then refer; their Look is
	// 0 while the plan is carried out.
	Added results.Added
}

// A FuseError says that a session used its time up before its plan was through.
type FuseError struct {
	Budget time.Duration
	Left   int // runs of the plan
}

// Error implements error.
func (e *FuseError) Error() string {
	return fmt.Sprintf("the time of %v was used up with %d planned runs to go", e.Budget.Round(time.Second), e.Left)
}

// carryOut does one batch: one record each, in the steps' order (see Session.batch). The patient wait
// for a quiet host.
type carryOut func(ctx context.Context, steps []trial.Step, seed uint64, patient bool) ([]results.Record, error)

// run is Session.Run, with the runs themselves left to batch. It returns ctx's cause when ctx ends,
// and a *FuseError when the time does.
func (r Runner) run(ctx context.Context, batch carryOut) error {
	s := &sitting{Runner: r, batch: batch, began: time.Now(), table: r.Earlier.Origin(results.Measured), broken: make(map[string]bool)}
	for i := range r.Earlier {
		s.order = max(s.order, r.Earlier[i].Order+1)
	}
	if s.Tries == 0 {
		s.Tries = Tries
	}
	if err := s.through(ctx, r.Plan, results.Added{}); err != nil {
		return err
	}
	for _, added := range r.Added { // what an interruption left of them
		if r.Interim == nil {
			break
		}
		if err := s.through(ctx, r.Interim.Plan(added), added); err != nil {
			return outOfTime(err)
		}
	}
	return s.extend(ctx)
}

// A sitting is a Runner at work.
type sitting struct {
	Runner
	batch carryOut
	began time.Time
	table results.Table // all measured records so far
	order int           // of the next record

	estimated time.Duration   // of the batches so far, against which elapsed says how fast the host is
	broken    map[string]bool // trials whose servers failed since one did not
}

// through carries out what is left of a plan.
func (s *sitting) through(ctx context.Context, plan trial.Plan, added results.Added) error {
	q := newQueue(plan, s.Tries, s.table)
	for {
		left := s.pace(q.left())
		batch, again := q.next()
		switch fits := s.fits(s.pace(batch.Estimate())); {
		case len(batch) == 0:
			return nil
		case !fits && again:
			q.done += len(batch)
			continue
		case !fits:
			return &FuseError{s.Budget, len(plan) - q.done}
		}
		if s.Progress != nil {
			s.Progress(Progress{batch, q.tried[runOf(batch[0])] + 1, q.done, len(plan), left, added})
		}
		records, err := s.one(ctx, batch, s.Tries > 1 && s.fits(left))
		if err := errors.Join(s.account(q, batch, records), err); err != nil {
			return err
		}
	}
}

// account keeps the records of a batch, and queues what was tainted if there is time for it.
func (s *sitting) account(q *queue, batch trial.Plan, records []results.Record) error {
	left := q.left()
	for i, record := range records {
		step := batch[i]
		q.tried[runOf(step)]++
		if err := s.keep(step, q.tried[runOf(step)], record); err != nil {
			return err
		}
		if record.Valid() {
			q.done++
			continue
		}
		q.tainted(step, s.fits(s.pace(left+step.Trial.Estimate())))
	}
	return nil
}

// one carries a batch out and returns a record of every step, also with an error that is to end the
// session. Of a batch that ctx cut short there is none.
func (s *sitting) one(ctx context.Context, batch trial.Plan, patient bool) ([]results.Record, error) {
	records, err := s.Runner.attempt(ctx, s.batch, batch, patient)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	s.estimated += batch.Estimate()
	if err == nil {
		clear(s.broken)
		return records, nil
	}
	// One server that does not work is that trial's affair; several different ones in a row are not.
	const several = 3
	if s.broken[batch[0].Key] = true; len(s.broken) == several {
		return records, fmt.Errorf("the servers of %d trials in a row failed, the last of %s: %w", several, batch[0].Trial, err)
	}
	return records, nil
}

// attempt makes sure that every step has a record, which is invalid where the run failed.
func (r Runner) attempt(ctx context.Context, batch carryOut, steps trial.Plan, patient bool) ([]results.Record, error) {
	records, err := batch(ctx, steps, r.Seed, patient)
	if err == nil && len(records) != len(steps) {
		err = fmt.Errorf("%d records of %d runs", len(records), len(steps))
	}
	for i := len(records); i < len(steps); i++ {
		t := steps[i].Trial
		records = append(records, results.Record{
			Cell: t.Cell(), Seed: r.Seed, Origin: results.Measured, System: t.Software(), Duration: t.Window,
			Started: time.Now().UTC(), Invalid: []string{"the run failed: " + err.Error()},
		})
	}
	if err != nil && !slices.ContainsFunc(records, func(r results.Record) bool { return !r.Valid() }) {
		for i := range records { // it failed before or after the servers; nobody can tell whose figures are whole
			records[i].Invalid = append(records[i].Invalid, "the run failed: "+err.Error())
		}
	}
	return records, err
}

// keep hands a record over, with its place in the run.
func (s *sitting) keep(step trial.Step, try int, r results.Record) error {
	r.Run, r.Order, r.Try, r.Repetition, r.Trial, r.Look = s.Run, s.order, try, step.Block, step.Key, step.Look
	if len(step.Users) == 1 {
		r.Experiment = step.Users[0]
	}
	if err := s.Record(r); err != nil {
		return err
	}
	s.order++
	s.table = append(s.table, r)
	return nil
}

// extend adds blocks for claims that are undecided, as long as one may be settled within the budget.
func (s *sitting) extend(ctx context.Context) error {
	if s.Budget == 0 || s.Interim == nil {
		return nil
	}
	for look := 1 + len(s.Added); ; look++ {
		added, ok := s.Interim.Next(s.table, s.remaining(), s.pace)
		if !ok {
			return nil
		}
		added.Look = look
		if s.Extend != nil {
			if err := s.Extend(added); err != nil {
				return err
			}
		}
		if err := s.through(ctx, s.Interim.Plan(added), added); err != nil {
			return outOfTime(err)
		}
	}
}

// outOfTime passes errors on but the fuse's: a block that was not planned is not owed.
func outOfTime(err error) error {
	var fuse *FuseError
	if errors.As(err, &fuse) {
		return nil
	}
	return err
}

// pace corrects an estimate by how long the runs so far took against theirs.
func (s *sitting) pace(estimate time.Duration) time.Duration {
	const enough = 5 * time.Second
	if s.estimated < enough {
		return estimate
	}
	return time.Duration(float64(estimate) * min(2, max(0.8, float64(time.Since(s.began))/float64(s.estimated))))
}

// fits reports whether d more would still be within the budget.
func (s *sitting) fits(d time.Duration) bool { return s.Budget == 0 || d <= s.remaining() }

func (s *sitting) remaining() time.Duration { return s.Budget - time.Since(s.began) }
