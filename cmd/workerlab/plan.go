package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/workerlab/workerlab/experiments/calibrate"
	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/results"
)

const planLong = `Find out which worker class, how many workers and how many threads a deployment needs for a rate of
requests, and how much memory that takes.

Plan starts the deployment's own command in a few sizes for some seconds each, and puts a load on it: a
lone client, a saturated worker, one with as many threads as keep it busy, and as many workers as keep
all cores busy, saturated and under a load that they bear; all of that twice. From these it knows what a
request computes, with and without the interpreter lock and under more and less load, how long it waits,
and what a worker and a thread take of memory. Closed forms then rule sizes out, and the others are
simulated, cheapest first, with all that the runs left uncertain. It recommends the cheapest size whose
whole range meets the objective, and prints a gunicorn.conf.py for it. --verify measures it.

The command is gunicorn's, or that of workerlab serve. Its size, class and address are set by plan. It
has to answer on the paths named (--path, repeatable, each with its weight after a space or =).

--attach ADDR plans for a deployment that runs already on this machine, at HOST:PORT or unix:PATH, which
is neither started, stopped nor sent a signal: its processes are found by the socket they listen at, its
class and threads by their command line and configuration. It gets the load of a lone client, one that
saturates it for the length of a window, and 70 % of that: it should serve nobody else meanwhile. One
size tells less than several: what is assumed instead is printed, and widens the ranges.

--out DIR writes plan.html, one page that opens offline, plan.md, plan.json and gunicorn.conf.py.

Exit codes: 0 a size meets the objective; 3 none does (the nearest is shown, and what it would take);
130 interrupted; 2 usage; 1 anything else, such as a deployment that does not start, answers with errors,
or runs that do not count.`

const planExamples = `  workerlab plan --rate 200 --slo p99=250ms -- gunicorn config.wsgi:application
  workerlab plan --rate 50 --slo p95=1s --path '/search?q=x=3' --path /=1 --memory 2GiB -- gunicorn app:app
  workerlab plan --rate 300 --slo p99=100ms --verify --json -- workerlab serve 'lab'
  workerlab plan --rate 200 --slo p99=250ms --attach 127.0.0.1:8000 --out plan`

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
	out     string
	json    bool

	attach string
	pid    int
	told   capacity.Size // --class, --workers, --threads
}

func newPlanCommand() *cobra.Command {
	f := &planFlags{window: seconds(4 * time.Second)}
	cmd := &cobra.Command{
		Use:     "plan --rate R --slo OBJECTIVES (-- COMMAND… | --attach ADDR)",
		Short:   "recommend class, workers, threads and memory for a real deployment",
		Long:    planLong,
		Example: planExamples,
		Args:    func(_ *cobra.Command, args []string) error { return f.checkArguments(args) },
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
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
	flags.StringVar(&f.out, "out", "", "folder for plan.html, plan.md, plan.json and gunicorn.conf.py")
	flags.StringVar(&f.config, "write", "", "write the gunicorn.conf.py to this file")
	flags.BoolVar(&f.json, "json", false, "print everything as JSON")
	flags.StringVar(&f.attach, "attach", "", "plan for the deployment that listens at HOST:PORT or unix:PATH")
	flags.IntVar(&f.pid, "pid", 0, "of its arbiter, where that is not found: behind a proxy, in a container")
	flags.StringVar(&f.told.Class, "class", "", "its worker class, where that is not found")
	flags.IntVar(&f.told.Workers, "workers", 0, "its workers, likewise")
	flags.IntVar(&f.told.Threads, "threads", 0, "threads of each of its workers, likewise")
	return cmd
}

// A planned is all that there is to print.
type planned struct {
	goal        capacity.Goal
	slo         string
	seed        uint64
	command     string              // of the deployment, or where it was attached to
	attached    *calibrate.Deployed // nil: it was started
	calibration capacity.Calibration
	deployment  capacity.Deployment
	check       calibrate.Check
	plan        capacity.Plan
	now         *capacity.Outcome // the size that runs now, where it is known
	remedy      *capacity.Remedy  // where nothing meets the goal
	curve       *capacity.Curve   // of the recommendation or of the nearest, for the page
	verified    *calibrate.Check  // of the recommendation
	unverified  string            // why it was not, though that was asked for
	took        time.Duration
}

func (f *planFlags) run(cmd *cobra.Command, args []string) error {
	goal, p, err := f.parse(args)
	if err != nil {
		return err
	}
	progress := newPlanProgress(cmd.ErrOrStderr(), p.Window)
	defer progress.line.end()
	p.Progress = progress.measuring
	out := planned{goal: goal, slo: f.slo, seed: f.seed, command: f.deployment(args)}
	if err := f.make(cmd.Context(), &out, p, progress); err != nil {
		return interrupted(cmd.Context(), err)
	}
	out.took = time.Since(progress.began)
	progress.line.end()
	return f.tell(cmd, &out)
}

// make measures, fits, plans and, if asked, verifies.
func (f *planFlags) make(ctx context.Context, out *planned, p calibrate.Plan, progress *planProgress) (err error) {
	if err := f.calibrate(ctx, out, p); err != nil {
		return err
	}
	d := &out.deployment
	progress.simulating()
	if out.plan, err = capacity.New(ctx, d, out.goal, f.seed, progress.simulated); err != nil {
		return err
	}
	if out.attached != nil {
		now, err := d.Predict(ctx, out.attached.Size, out.goal.Rate, f.seed)
		if err != nil {
			return err
		}
		out.now = &now
	}
	if out.plan.Best == nil {
		progress.line.say("looking for what it would take")
		remedy, err := d.Remedy(ctx, out.goal, out.plan, f.seed)
		if err != nil {
			return err
		}
		out.remedy = &remedy
	}
	if size := out.shown(); f.out != "" && size != nil {
		progress.line.say(fmt.Sprintf("simulating %v under more and more load", *size))
		curve, err := d.Curve(ctx, *size, capacity.Load{}, out.goal, f.seed)
		if err != nil {
			return err
		}
		out.curve = &curve
	}
	return f.verifyBest(ctx, out, p)
}

// calibrate measures the deployment: started in several sizes, or as it runs.
func (f *planFlags) calibrate(ctx context.Context, out *planned, p calibrate.Plan) (err error) {
	if f.attach == "" {
		out.calibration, out.deployment, out.check, err = calibrate.Calibrate(ctx, p)
		return err
	}
	out.attached, err = calibrate.Find(f.attach, f.pid, f.told)
	if err != nil {
		if errors.As(err, new(*calibrate.UnknownError)) {
			return usage(err)
		}
		return err
	}
	out.goal.Classes = withClass(out.goal.Classes, out.attached.Size.Class)
	out.calibration, out.deployment, out.check, err = calibrate.Attach(ctx, p, out.attached)
	return err
}

func (f *planFlags) verifyBest(ctx context.Context, out *planned, p calibrate.Plan) error {
	best := out.plan.Best
	if !f.verify || best == nil {
		return nil
	}
	var runs []capacity.Run
	var err error
	load := calibrate.Load{Rate: out.goal.Rate}
	switch {
	case out.attached == nil:
		runs, err = calibrate.Measure(ctx, p, best.Size, load)
	case out.attached.Size == best.Size:
		runs, err = calibrate.MeasureAttached(ctx, p, out.attached, load)
	default:
		out.unverified = fmt.Sprintf("Not verified: %v runs, not %v. Start that and attach to it.", out.attached.Size, best.Size)
		return nil
	}
	if err != nil {
		return err
	}
	// The load generator was on the same cores, which is not planned for.
	predicted, err := out.deployment.PredictLoad(ctx, best.Size, capacity.Load{Rate: out.goal.Rate, Beside: true}, f.seed)
	if err != nil {
		return err
	}
	out.verified = &calibrate.Check{Predicted: predicted, Measured: runs[0]}
	return nil
}

// shown is the size of which more is shown than one load: what is recommended, or comes nearest.
func (p *planned) shown() *capacity.Size {
	switch {
	case p.plan.Best != nil:
		return &p.plan.Best.Size
	case p.plan.Nearest != nil:
		return &p.plan.Nearest.Size
	case p.remedy != nil && p.remedy.Size.Workers > 0:
		return &p.remedy.Size
	}
	return nil
}

// tell prints and writes what came of it. That nothing meets the goal is an exit code of its own.
func (f *planFlags) tell(cmd *cobra.Command, out *planned) error {
	if f.json {
		if err := writeJSON(cmd.OutOrStdout(), out.json()); err != nil {
			return err
		}
	} else {
		out.print(cmd.OutOrStdout())
	}
	if f.out != "" {
		if err := out.write(f.out, os.Args); err != nil {
			return err
		}
		if !f.json {
			fmt.Fprintf(cmd.OutOrStdout(), "Page: %s/%s\n", f.out, planPage)
		}
	}
	if out.plan.Best == nil {
		return exitError{fmt.Errorf("no size meets %s at %g requests/s", f.slo, f.rate), exitRefuted}
	}
	if f.config == "" {
		return nil
	}
	return results.WriteFile(f.config, func(w io.Writer) error { return writeConfig(w, out) })
}
