package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/workerlab/workerlab/experiments/calibrate"
	"github.com/workerlab/workerlab/experiments/planning"
	"github.com/workerlab/workerlab/experiments/preflight"
	"github.com/workerlab/workerlab/experiments/trial"
	slo "github.com/workerlab/workerlab/loadgen/capacity"
	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/results/host"
)

// checkArguments wants one of a command, the address of what runs, and a folder of a plan.
func (f *planFlags) checkArguments(args []string) error {
	ways := 0
	for _, way := range []bool{len(args) > 0, f.attach != "", f.resume != "", f.from != ""} {
		if way {
			ways++
		}
	}
	told := f.told
	told.Class = ""
	switch {
	case ways == 0:
		return usage(errors.New("plan wants the deployment's command after --, as in: -- gunicorn config.wsgi:application, --attach ADDR of one that runs, or --resume DIR or --from DIR of a plan"))
	case len(args) > 0 && f.attach != "":
		return usagef("--attach %s and a command: want one of them, since what runs is not started", f.attach)
	case ways > 1:
		return usage(errors.New("want one of a command after --, --attach, --resume and --from: a plan's folder knows what it is of"))
	case f.attach == "" && (f.pid != 0 || told != capacity.Size{}):
		return usage(errors.New("--pid, --workers and --threads tell about what runs: want --attach ADDR with them"))
	case f.pid < 0 || f.told.Workers < 0 || f.told.Threads < 0:
		return usage(errors.New("--pid, --workers and --threads: want numbers from 1 up"))
	case f.from != "" && f.verify:
		return usage(errors.New("--from measures nothing, so it verifies nothing: --resume does"))
	}
	return nil
}

// request reads the flags of a new plan, and the limits of the machine where they say none.
func (f *planFlags) request(args []string) (r planning.Request, err error) {
	const rounds = 2 // from the first to the second a machine may have become slower
	r = planning.Request{
		SLO: f.slo, Command: calibrate.Command{Args: args}, Attach: f.attach, PID: f.pid, Told: f.told, Verify: f.verify, Page: f.out != "",
		Design: calibrate.Design{Rounds: rounds, Window: time.Duration(f.window), Seed: f.seed, Cores: f.cores},
	}
	if r.Goal, err = f.goal(); err != nil {
		return r, err
	}
	if f.window < seconds(time.Second) {
		return r, usagef("--window %v: want a second or more", time.Duration(f.window))
	}
	check := r.Command.Check
	if f.attach != "" {
		r.Design.Rounds = 1
		check = func() error { return calibrate.CheckAddress(f.attach) }
	}
	if err := check(); err != nil {
		return r, usage(err)
	}
	for _, path := range f.paths {
		p, err := trial.ParsePath(path)
		if err != nil {
			return r, usage(fmt.Errorf("--path %q: %w", path, err))
		}
		r.Design.Paths = append(r.Design.Paths, p)
	}
	if r.Design.Cores == 0 {
		r.Design.Cores = host.Read().Processors()
	}
	if r.Goal.Memory == 0 {
		free, err := preflight.Memory()
		if err != nil {
			return r, fmt.Errorf("free memory (say it by --memory): %w", err)
		}
		r.Goal.Memory = float64(free)
	}
	return r, nil
}

// again takes the flags that were given into the request of a plan that goes on or is judged again. What the runs
// were made with stays.
func (f *planFlags) again(r *planning.Request) error {
	for _, flag := range []string{"path", "window", "seed", "cores", "pid", "class", "workers", "threads"} {
		if f.given(flag) {
			return usagef("--%s: the runs in the folder were made with what they were; leave it out", flag)
		}
	}
	r.Verify, r.Page = f.verify, f.out != ""
	if !f.given("rate") {
		f.rate = r.Goal.Rate
	}
	if !f.given("slo") {
		f.slo = r.SLO
	}
	goal, err := f.goal()
	if err != nil {
		return err
	}
	if !f.given("memory") {
		goal.Memory = r.Goal.Memory
	}
	if !f.given("classes") {
		goal.Classes = r.Goal.Classes
	}
	r.Goal, r.SLO = goal, f.slo
	return settled(r.Choose())
}

// goal is what the deployment must do.
func (f *planFlags) goal() (goal capacity.Goal, err error) {
	if !(f.rate > 0) || math.IsInf(f.rate, 0) { // not a number is not above 0
		return goal, usage(fmt.Errorf("--rate %g: want requests/s, more than 0", f.rate))
	}
	if f.cores < 0 {
		return goal, usagef("--cores %d: want 1 or more, or 0 for those of this machine", f.cores)
	}
	objectives, err := slo.ParseSLO(f.slo)
	if err != nil {
		return goal, usage(fmt.Errorf("--slo: %w", err))
	}
	goal = capacity.Goal{Rate: f.rate, Memory: float64(f.memory), Classes: f.classes, Errors: 0.01}
	if objectives.LimitErrors {
		goal.Errors = objectives.Errors
	}
	for _, l := range objectives.Latencies {
		if !slices.Contains([]float64{0.50, 0.95, 0.99}, l.Quantile) {
			return goal, usage(fmt.Errorf("--slo: a plan speaks of p50, p95 and p99, not of p%g", 100*l.Quantile))
		}
		goal.Latencies = append(goal.Latencies, capacity.Latency{Quantile: l.Quantile, Limit: l.Limit})
	}
	for _, class := range f.classes {
		if _, known := catalog.Named(class); !known {
			return goal, usage(fmt.Errorf("--classes %s: want some of %s", class, strings.Join(catalog.Names(), ", ")))
		}
	}
	return goal, nil
}

// checkFolder makes the folder before anything is measured.
func (f *planFlags) checkFolder() error {
	if f.out == "" {
		return nil
	}
	if err := planning.CheckFolder(f.out); err != nil {
		return usage(fmt.Errorf("--out %w", err))
	}
	return nil
}
