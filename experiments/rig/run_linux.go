package rig

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// batch carries out one step, or several of one place at the same time: one record each, in the steps'
// order. A server that fails makes its own record invalid, and the others still count; the error says
// that none could be measured, or that ctx ended. No process is left whatever happens: servers are
// stopped on the way out, and where there is no way out, by a panic or a signal, the kernel ends them
// with the launcher's thread. The patient wait for a quiet host.
func (s *Session) batch(ctx context.Context, steps []trial.Step, seed uint64, patient bool) ([]results.Record, error) {
	subjects := make([]*subject, len(steps))
	for i, step := range steps {
		subjects[i] = newSubject(step, seed)
	}
	err := s.watch(ctx, subjects, patient)
	records := make([]results.Record, len(steps))
	for i, x := range subjects {
		switch {
		case x.err != nil:
			x.record.Invalid = append(x.record.Invalid, "the server failed: "+x.err.Error())
		case err != nil:
			x.record.Invalid = append(x.record.Invalid, "the run failed: "+err.Error())
		}
		records[i] = x.record
	}
	if err == nil {
		err = common(subjects)
	}
	return records, err
}

// common is the first subject's error if all of them have one; each record has its own.
func common(subjects []*subject) error {
	if slices.ContainsFunc(subjects, func(x *subject) bool { return x.err == nil }) {
		return nil
	}
	return subjects[0].err
}

// watch puts the subjects to the test between two looks at the host's speed. What taints a run is
// measured for all of them together.
func (s *Session) watch(ctx context.Context, subjects []*subject, patient bool) error {
	place := subjects[0].Place
	for _, x := range subjects {
		if x.Place != place {
			return fmt.Errorf("trials of places %v and %v at the same time", place, x.Place)
		}
		x.err = x.Check()
	}
	server, generator := s.cores(place)
	if err := s.launch.PinGenerator(generator); err != nil {
		return err
	}
	if err := s.gate(ctx, patient); err != nil {
		return err
	}
	before, err := s.spin(server)
	if err != nil {
		return err
	}
	if err := s.attack(ctx, subjects, server); err != nil {
		return err
	}
	after, err := s.spin(server)
	if err != nil {
		return err
	}
	s.quiet = true
	for _, x := range subjects {
		x.record.Set("server_cores", float64(len(server)), "")
		x.record.Set("spin_before", before.Seconds(), "seconds")
		x.record.Set("spin_after", after.Seconds(), "seconds")
		if x.err == nil {
			taint(x.Trial, &x.record)
		}
		s.quiet = s.quiet && quiet(&x.record)
	}
	return nil
}

// attack starts the subjects' servers, then puts all loads on them at once, and stops the servers.
func (s *Session) attack(ctx context.Context, subjects []*subject, cpus []int) error {
	const atOnce = 8 // starts: more would only wait for each other, and for the limit of a start
	defer each(subjects, len(subjects), (*subject).stop)
	alive(subjects, atOnce, func(x *subject) error {
		x.record.Started = time.Now().UTC()
		system, err := s.server(x.Trial, cpus)
		if err != nil {
			return err
		}
		return x.start(ctx, system)
	})
	alive(subjects, 1, func(x *subject) error { return x.settle(ctx) })
	before, err := lookAt(processes(subjects))
	if err != nil {
		return err
	}
	paced(subjects, func() {
		stagger(subjects, time.Now())
		alive(subjects, len(subjects), func(x *subject) error { return x.measure(ctx) })
	})
	after, err := lookAt(processes(subjects))
	if err != nil {
		return err
	}
	for _, x := range subjects {
		if x.err == nil {
			after.ended += x.after.look.ended - x.before.look.ended
		}
	}
	for _, x := range subjects {
		after.keep(before, &x.record)
	}
	alive(subjects, 1, func(x *subject) error { return x.keepMemory(ctx) })
	return context.Cause(ctx)
}

// stagger sets when the loads begin: once they are made ready, and not at the same instant, because
// hundreds of connections opened at once would make each other late.
func stagger(subjects []*subject, now time.Time) {
	const ready, apart = 10 * time.Millisecond, 20 * time.Millisecond
	for i, x := range subjects {
		x.begin = now.Add(time.Duration(len(subjects))*ready + time.Duration(i)*apart)
	}
}

// alive does something to the subjects whose servers have not failed, so many at once.
func alive(subjects []*subject, atOnce int, do func(*subject) error) {
	each(subjects, atOnce, func(x *subject) {
		if x.err == nil {
			x.err = do(x)
		}
	})
}

func each(subjects []*subject, atOnce int, do func(*subject)) {
	var busy sync.WaitGroup
	free := make(chan struct{}, atOnce)
	for _, x := range subjects {
		free <- struct{}{}
		busy.Go(func() {
			do(x)
			<-free
		})
	}
	busy.Wait()
}

// processes are those of all servers as they were seen last.
func processes(subjects []*subject) (all []int) {
	for _, x := range subjects {
		all = append(all, x.pids()...)
	}
	return all
}

// A subject is a trial that is carried out: its servers and what is recorded of them.
type subject struct {
	trial.Trial
	draws  trial.Draws
	record results.Record
	err    error // its servers failed

	pods          []*Running
	begin         time.Time     // of the load
	sent          uint64        // requests of all loads, the warm-up's too
	generator     time.Duration // what the generator computed in the window
	before, after state         // of the servers at rest, around the load
}

func newSubject(step trial.Step, seed uint64) *subject {
	t := step.Trial
	return &subject{
		Trial: t, draws: trial.Draws{Seed: seed, Block: step.Block},
		record: results.Record{
			Cell: t.Cell(), Seed: seed, Origin: results.Measured, System: t.Software(),
			Started: time.Now().UTC(), Duration: t.Window,
		},
	}
}

// start starts the trial's servers, one after the other.
func (x *subject) start(ctx context.Context, system System) error {
	var slowest time.Duration
	for range max(1, x.Pods) {
		running, err := system.Start(ctx)
		if err != nil {
			return err
		}
		x.pods = append(x.pods, running)
		slowest = max(slowest, running.Took)
	}
	x.record.Set("start_seconds", slowest.Seconds(), "seconds")
	return nil
}

func (x *subject) stop() {
	for _, running := range x.pods {
		x.err = errors.Join(x.err, running.Stop())
	}
}

// pids are the processes of the trial's servers as they were seen last.
func (x *subject) pids() []int {
	switch {
	case x.after.pids != nil:
		return x.after.pids
	case x.before.pids != nil:
		return x.before.pids
	}
	return x.roots()
}
