package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/workerlab/workerlab/experiments/calibrate"
	"github.com/workerlab/workerlab/experiments/preflight"
	slo "github.com/workerlab/workerlab/loadgen/capacity"
	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/results/host"
)

// checkArguments wants either a command or the address of what runs.
func (f *planFlags) checkArguments(args []string) error {
	switch {
	case len(args) == 0 && f.attach == "":
		return usage(errors.New("plan wants the deployment's command after --, as in: -- gunicorn config.wsgi:application, or --attach ADDR of one that runs"))
	case len(args) > 0 && f.attach != "":
		return usagef("--attach %s and a command: want one of them, since what runs is not started", f.attach)
	case f.attach == "" && (f.pid != 0 || f.told != capacity.Size{}):
		return usage(errors.New("--pid, --class, --workers and --threads tell about what runs: want --attach ADDR with them"))
	case f.pid < 0 || f.told.Workers < 0 || f.told.Threads < 0:
		return usage(errors.New("--pid, --workers and --threads: want numbers from 1 up"))
	}
	return nil
}

// deployment names what is planned for.
func (f *planFlags) deployment(args []string) string {
	if f.attach != "" {
		return "what listens at " + f.attach
	}
	return strings.Join(args, " ")
}

// parse reads the flags, and the limits of the machine where they say none.
func (f *planFlags) parse(args []string) (goal capacity.Goal, p calibrate.Plan, err error) {
	if goal, err = f.goal(); err != nil {
		return goal, p, err
	}
	if f.window < seconds(time.Second) {
		return goal, p, usagef("--window %v: want a second or more", time.Duration(f.window))
	}
	const rounds = 2 // from the first to the second a machine may have become slower
	p = calibrate.Plan{Command: calibrate.Command{Args: args}, Rounds: rounds, Window: time.Duration(f.window), Seed: f.seed}
	for _, class := range f.classes {
		if class != "sync" && class != "gthread" { // which are measured anyway
			p.Classes = append(p.Classes, class)
		}
	}
	check := p.Command.Check
	if f.attach != "" {
		check = func() error { return calibrate.CheckAddress(f.attach) }
	}
	if err := check(); err != nil {
		return goal, p, usage(err)
	}
	if p.Paths, p.Weights, err = parsePaths(f.paths); err != nil {
		return goal, p, err
	}
	if err := f.checkFolder(); err != nil {
		return goal, p, err
	}
	if p.Cores = f.cores; p.Cores == 0 {
		p.Cores = machineCores()
	}
	if goal.Memory == 0 {
		free, err := preflight.Memory()
		if err != nil {
			return goal, p, fmt.Errorf("free memory (say it by --memory): %w", err)
		}
		goal.Memory = float64(free)
	}
	return goal, p, nil
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
		if !slices.Contains([]string{"sync", "gthread", "gevent", "eventlet", "tornado"}, class) {
			return goal, usage(fmt.Errorf("--classes %s: want some of sync, gthread, gevent, eventlet, tornado", class))
		}
	}
	return goal, nil
}

// checkFolder makes the folder before anything is measured, and refuses to write over a configuration that no
// plan wrote.
func (f *planFlags) checkFolder() error {
	if f.out == "" {
		return nil
	}
	if err := os.MkdirAll(f.out, 0o755); err != nil {
		return usage(fmt.Errorf("--out: %w", err))
	}
	file := filepath.Join(f.out, gunicornConfig)
	text, err := os.ReadFile(file)
	if err == nil && !strings.Contains(string(text), byPlan) {
		return usagef("--out %s: %s there was not written by a plan: name another folder", f.out, gunicornConfig)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return usage(fmt.Errorf("--out: %w", err))
	}
	return nil
}

// withClass are the classes and the one that runs, since the application serves under it.
func withClass(classes []string, class string) []string {
	if slices.Contains(classes, class) {
		return classes
	}
	return append(slices.Clone(classes), class)
}

// parsePaths reads paths with their weights: "/search?q=x=3" is three times as frequent as "/".
func parsePaths(list []string) (paths []string, weights []float64, err error) {
	for _, text := range list {
		path, weight := text, 1.0
		if at := strings.LastIndexAny(text, "= "); at > 0 {
			if w, err := strconv.ParseFloat(text[at+1:], 64); err == nil {
				path, weight = text[:at], w
			}
		}
		if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, " \t") || !(weight > 0) || math.IsInf(weight, 0) {
			return nil, nil, usage(fmt.Errorf("--path %q: want a path that begins with / and has no spaces, and a weight above 0", text))
		}
		if _, err := url.ParseRequestURI(path); err != nil {
			return nil, nil, usage(fmt.Errorf("--path %q: %w", text, err))
		}
		paths, weights = append(paths, path), append(weights, weight)
	}
	return paths, weights, nil
}

// machineCores are the cores that this process may use, or the whole ones of its container's quota.
func machineCores() int {
	h := host.Read()
	cores := len(h.Usable)
	if cores == 0 {
		cores = runtime.NumCPU()
	}
	var quota float64
	if _, err := fmt.Sscanf(h.Quota, "%f cores", &quota); err == nil {
		cores = min(cores, max(1, int(quota)))
	}
	return cores
}
