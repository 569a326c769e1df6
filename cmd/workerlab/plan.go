package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/workerlab/workerlab/experiments/calibrate"
	"github.com/workerlab/workerlab/experiments/preflight"
	slo "github.com/workerlab/workerlab/loadgen/capacity"
	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/host"
)

const planLong = `Find out which worker class, how many workers and how many threads a deployment needs for a rate of
requests, and how much memory that takes.

Plan starts the deployment's own command a few times for some seconds each, in small sizes, and puts a
load on it: a lone client, a saturated worker, as many workers as there are cores, and one worker with
threads. From these it knows what a request computes, with and without the interpreter lock, how long
it waits, and what a worker and a thread take of memory. Closed forms then rule sizes out, and the
others are simulated, cheapest first, with all that the runs left uncertain. It recommends the
cheapest size whose whole range meets the objective, and prints a gunicorn.conf.py for it. A further run
tells how well the fit predicts a load that it was not made from; --verify measures the recommendation.

The command is gunicorn's, or that of workerlab serve. Its size, class and address are set by plan. It
has to answer on the paths named (--path, repeatable, each with its weight after a space or =).

Exit codes: 0 a size meets the objective; 3 none does (the nearest is shown); 130 interrupted; 2 usage;
1 anything else, such as a deployment that does not start or runs that do not count.`

const planExamples = `  workerlab plan --rate 200 --slo p99=250ms -- gunicorn config.wsgi:application
  workerlab plan --rate 50 --slo p95=1s --path '/search?q=x=3' --path /=1 --memory 2GiB -- gunicorn app:app
  workerlab plan --rate 300 --slo p99=100ms --verify --json -- workerlab serve 'lab'`

type planFlags struct {
	rate    float64
	slo     string
	paths   []string
	memory  size
	cores   int
	classes []string
	window  seconds
	seed    uint64
	verify  bool
	config  string
	json    bool
}

func newPlanCommand() *cobra.Command {
	f := &planFlags{window: seconds(4 * time.Second)}
	cmd := &cobra.Command{
		Use:     "plan --rate R --slo OBJECTIVES -- COMMAND…",
		Short:   "recommend class, workers, threads and memory for a real deployment",
		Long:    planLong,
		Example: planExamples,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(errors.New("plan wants the deployment's command after --, as in: -- gunicorn config.wsgi:application"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.Float64Var(&f.rate, "rate", 0, "requests/s that arrive at random")
	flags.StringVar(&f.slo, "slo", "", "objectives: p50, p95 and p99 of the response time, and errors, as in p99=250ms,errors<1%")
	flags.StringArrayVar(&f.paths, "path", []string{"/"}, "what to request, with its weight where there are several: /search?q=x=3")
	flags.Var(&f.memory, "memory", "that the deployment may take (default: what is free on this machine or in its container)")
	flags.IntVar(&f.cores, "cores", 0, "that the deployment will have; 0: those of this machine or its container")
	flags.StringSliceVar(&f.classes, "classes", []string{"sync", "gthread"}, "worker classes to choose among; gevent only if all that the application waits for cooperates")
	flags.Var(&f.window, "window", "of each run")
	flags.Uint64Var(&f.seed, "seed", 1, "of arrivals and simulations")
	flags.BoolVar(&f.verify, "verify", false, "measure the recommendation, and print it beside what was predicted")
	flags.StringVar(&f.config, "write", "", "write the gunicorn.conf.py to this file")
	flags.BoolVar(&f.json, "json", false, "print everything as JSON")
	return cmd
}

// A planned is all that there is to print.
type planned struct {
	goal        capacity.Goal
	slo         string
	calibration capacity.Calibration
	deployment  capacity.Deployment
	check       calibrate.Check
	plan        capacity.Plan
	verified    *calibrate.Check
}

func (f *planFlags) run(cmd *cobra.Command, args []string) error {
	goal, p, err := f.parse(cmd.Context(), args)
	if err != nil {
		return err
	}
	line := newProgressLine(cmd.ErrOrStderr())
	defer line.end()
	began := time.Now()
	p.Progress = func(run, of int, what string) {
		left := time.Duration(of-run+1) * (p.Window + 2*time.Second)
		line.say(fmt.Sprintf("[%d/%d] %v left  measuring %s", run, of, left.Round(time.Second), what))
	}
	out := planned{goal: goal, slo: f.slo}
	if out.calibration, out.deployment, out.check, err = calibrate.Calibrate(cmd.Context(), p); err != nil {
		return interrupted(cmd.Context(), err)
	}
	out.plan, err = capacity.New(cmd.Context(), &out.deployment, goal, f.seed, func(n, of int, s capacity.Size) {
		line.say(fmt.Sprintf("simulating %v", s))
	})
	if err != nil {
		return interrupted(cmd.Context(), err)
	}
	if f.verify && out.plan.Best != nil {
		if err := f.measure(cmd.Context(), p, &out); err != nil {
			return interrupted(cmd.Context(), err)
		}
	}
	line.end()
	return f.tell(cmd, &out, time.Since(began))
}

// measure puts the rate on the recommended size, and predicts the same: with the load generator on the same
// cores, whose time is not the deployment's and so not in the plan.
func (f *planFlags) measure(ctx context.Context, p calibrate.Plan, out *planned) error {
	size := out.plan.Best.Size
	predicted, err := out.deployment.PredictLoad(ctx, size, capacity.Load{Rate: f.rate, Beside: true}, f.seed)
	if err != nil {
		return err
	}
	runs, err := calibrate.Measure(ctx, p, size, calibrate.Load{Rate: f.rate})
	if err != nil {
		return err
	}
	out.verified = &calibrate.Check{Predicted: predicted, Measured: runs[0]}
	return nil
}

// tell prints and writes what came of it. That nothing meets the goal is an exit code of its own.
func (f *planFlags) tell(cmd *cobra.Command, out *planned, took time.Duration) error {
	if f.json {
		if err := writeJSON(cmd.OutOrStdout(), out.json()); err != nil {
			return err
		}
	} else {
		out.print(cmd.OutOrStdout(), took)
	}
	if out.plan.Best == nil {
		return exitError{fmt.Errorf("no size meets %s at %g requests/s", f.slo, f.rate), exitRefuted}
	}
	if f.config == "" {
		return nil
	}
	return results.WriteFile(f.config, func(w io.Writer) error { return writeConfig(w, out) })
}

// parse reads the flags, and the limits of the machine where they say none.
func (f *planFlags) parse(ctx context.Context, args []string) (goal capacity.Goal, p calibrate.Plan, err error) {
	if f.rate <= 0 {
		return goal, p, usage(fmt.Errorf("--rate %g: want requests/s, more than 0", f.rate))
	}
	objectives, err := slo.ParseSLO(f.slo)
	if err != nil {
		return goal, p, usage(fmt.Errorf("--slo: %w", err))
	}
	goal = capacity.Goal{Rate: f.rate, Memory: float64(f.memory), Classes: f.classes, Errors: 0.01}
	if objectives.LimitErrors {
		goal.Errors = objectives.Errors
	}
	for _, l := range objectives.Latencies {
		if !slices.Contains([]float64{0.50, 0.95, 0.99}, l.Quantile) {
			return goal, p, usage(fmt.Errorf("--slo: a plan speaks of p50, p95 and p99, not of p%g", 100*l.Quantile))
		}
		goal.Latencies = append(goal.Latencies, capacity.Latency{Quantile: l.Quantile, Limit: l.Limit})
	}
	for _, class := range f.classes {
		if !slices.Contains([]string{"sync", "gthread", "gevent", "eventlet", "tornado"}, class) {
			return goal, p, usage(fmt.Errorf("--classes %s: want some of sync, gthread, gevent, eventlet, tornado", class))
		}
	}
	p = calibrate.Plan{Command: calibrate.Command{Args: args}, Window: time.Duration(f.window), Seed: f.seed}
	if err := p.Command.Check(); err != nil {
		return goal, p, usage(err)
	}
	if p.Paths, p.Weights, err = parsePaths(f.paths); err != nil {
		return goal, p, err
	}
	if p.Cores = f.cores; p.Cores == 0 {
		p.Cores = machineCores()
	}
	if goal.Memory == 0 {
		facts, err := preflight.Read(ctx)
		if err != nil {
			return goal, p, err
		}
		goal.Memory = float64(facts.Memory)
	}
	return goal, p, nil
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
		if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, " \t") || weight <= 0 {
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
