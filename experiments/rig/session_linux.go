package rig

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/experiments/preflight"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/server/proc"
	"github.com/workerlab/workerlab/server/task"
)

// A Session is a host made ready to measure: its speed known, its cores divided.
type Session struct {
	CPURate   float64  // rounds of work a millisecond of an idle core, as in task.Burner
	AppRate   float64  // the same of the application that other software hosts; 0: there is none
	Placement string   // which cores server and generator have
	Warnings  []string // what preflight found wrong with the host

	cpus   []int
	launch *launch.Launcher
	others []Software // beside ours
	quiet  bool       // the host was, during the run that has just ended
}

// NewSession looks at the host for about three seconds, with an eye to what the runs will need, and
// measures its speed. Others are the software that may be put to the test beside ours. Close it.
func NewSession(ctx context.Context, needs preflight.Needs, others ...Software) (*Session, error) {
	if err := executableFits(); err != nil {
		return nil, err
	}
	s, err := Open(others...)
	if err != nil {
		return nil, err
	}
	if err := s.preflight(ctx, needs); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Open is NewSession without the look at the host: for a minute of measurements, of which each has evidence of its
// own. Close it.
func Open(others ...Software) (*Session, error) {
	cpus, err := proc.CPUs()
	if err != nil {
		return nil, err
	}
	// The generator's threads must not lose their processor to a system call on a single core, and
	// the runtime must not follow the changes of affinity.
	runtime.GOMAXPROCS(max(2, min(len(cpus), runtime.GOMAXPROCS(0))))
	s := &Session{cpus: cpus, launch: launch.NewLauncher(), others: others}
	const brief = 50 * time.Millisecond
	server, _ := s.cores(trial.Pin)
	if err := s.calibrate(server, brief); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close ends the thread that servers were started from, and with it any that still runs.
func (s *Session) Close() { s.launch.Close() }

// cores are those of the server and of the generator.
func (s *Session) cores(p trial.Place) (server, generator []int) {
	if len(s.cpus) < 2 {
		return s.cpus, s.cpus
	}
	switch p {
	case trial.Pin:
		return s.cpus[:1], s.cpus[1:2]
	case trial.Share:
		return s.cpus[:2], s.cpus[:2]
	case trial.All:
		return s.cpus, s.cpus
	}
	panic("experiments: no such place")
}

// preflight asks whether the host is fit to measure. It warns; only what makes measuring impossible is
// an error.
func (s *Session) preflight(ctx context.Context, needs preflight.Needs) error {
	server, generator := s.cores(trial.Pin)
	s.Placement = fmt.Sprintf("pin: server on cpu %v, generator on cpu %v; share: both on cpus %v", server, generator, s.cpus[:min(2, len(s.cpus))])
	if len(s.cpus) < 2 {
		s.Placement = fmt.Sprintf("server and generator share cpu %v", server)
	}
	facts, err := preflight.Read(ctx)
	if err != nil {
		return err
	}
	for _, c := range facts.Machine(needs) {
		switch {
		case c.Status == preflight.OK:
		case c.Fatal:
			return fmt.Errorf("nothing can be measured here: %v (workerlab doctor)", c)
		default:
			s.Warnings = append(s.Warnings, c.String())
		}
	}
	const long = 500 * time.Millisecond
	if err := s.calibrate(server, long); err != nil {
		return err
	}
	return s.calibrateApp(ctx, server)
}

// calibrateApp measures the speed of the application that other software hosts: one for all of them, so
// that they mean the same work.
func (s *Session) calibrateApp(ctx context.Context, cpus []int) (err error) {
	for _, software := range s.others {
		if app, ok := software.(AppSoftware); ok {
			s.AppRate, err = app.Calibrate(ctx, s.site(cpus))
			return err
		}
	}
	return nil
}

// site is where servers are started that have the given cores.
func (s *Session) site(cpus []int) launch.Cores {
	cores := s.launch.Cores(cpus)
	cores.CPURate, cores.AppRate = s.CPURate, s.AppRate
	return cores
}

// server is what carries out a trial on the given cores.
func (s *Session) server(t trial.Trial, cpus []int) (System, error) {
	for _, software := range append([]Software{ours{}}, s.others...) {
		if software.Name() != t.Software() {
			continue
		}
		if err := software.Supports(t); err != nil {
			return nil, fmt.Errorf("trial %s: %w", t, err)
		}
		return software.Server(t, s.site(cpus)), nil
	}
	return nil, fmt.Errorf("trial %s: no software %s in this session", t, t.Software())
}

// Start starts the server of a trial on the cores of its place, for whoever does something else with it than
// load it. Stop it. Servers may be started at the same time.
func (s *Session) Start(ctx context.Context, t trial.Trial) (*Running, error) {
	cpus, _ := s.cores(t.Place)
	system, err := s.server(t, cpus)
	if err != nil {
		return nil, err
	}
	return system.Start(ctx)
}

// calibrate measures the speed of the server's core for so long.
func (s *Session) calibrate(cpus []int, long time.Duration) error {
	return s.launch.On(cpus, func() error {
		s.CPURate = task.Calibrate(long).Rate
		if s.CPURate <= 0 {
			return errors.New("calibrate the CPU: no trial was long enough")
		}
		return nil
	})
}

// Run carries the Runner's plan out. It returns ctx's cause when ctx ends, and a *FuseError when the
// Runner's time does; the runs so far have been handed over, and no server is left running.
func (s *Session) Run(ctx context.Context, r Runner) error { return r.run(ctx, s.batch) }
