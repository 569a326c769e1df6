package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/workerlab/workerlab/experiments/calibrate"
	"github.com/workerlab/workerlab/experiments/planning"
	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/text"
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

Runs are made like those of bench: where others are at work on the machine they are repeated, up to half
as many in all. A run that does not count, or that others disturbed to the end, is named, and widens the
ranges; it spoils no other. A deployment that does not stop in 3 s is killed with all that it started.
Ctrl-C keeps what counted: --resume DIR goes on with it, and --from DIR plans again from the runs that
there are, for another rate or objective too, without a measurement.

Only classes are chosen among that can serve what was found, under the names that its server knows them
by: an application that is awaited, as under uvicorn.workers.UvicornWorker, is served by no other.

--out DIR writes plan.html, one page that opens offline, plan.md, plan.json and, once it has been seen to
start, gunicorn.conf.py; the runs' records lie in DIR/runs.

Exit codes: 0 a size meets the objective; 3 none does (the nearest is shown, and what it would take);
130 interrupted; 2 usage; 1 anything else, such as a deployment that does not start, answers with errors,
or too few runs that count.`

const planExamples = `  workerlab plan --rate 200 --slo p99=250ms -- gunicorn config.wsgi:application
  workerlab plan --rate 50 --slo p95=1s --path '/search?q=x=3' --path /=1 --memory 2GiB -- gunicorn app:app
  workerlab plan --rate 300 --slo p99=100ms --verify --json -- workerlab serve 'lab'
  workerlab plan --rate 200 --slo p99=250ms --attach 127.0.0.1:8000 --out plan
  workerlab plan --resume plan
  workerlab plan --from plan --rate 400`

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
	resume  string
	from    string
	json    bool

	attach string
	pid    int
	told   capacity.Size // --class, --workers, --threads

	given func(flag string) bool
}

func newPlanCommand() *cobra.Command {
	f := &planFlags{window: seconds(4 * time.Second)}
	cmd := &cobra.Command{
		Use:     "plan --rate R --slo OBJECTIVES (-- COMMAND… | --attach ADDR | --resume DIR | --from DIR)",
		Short:   "recommend class, workers, threads and memory for a real deployment",
		Long:    planLong,
		Example: planExamples,
		Args:    func(_ *cobra.Command, args []string) error { return f.checkArguments(args) },
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	f.given = flags.Changed
	flags.Float64Var(&f.rate, "rate", 0, "requests/s that arrive at random")
	flags.StringVar(&f.slo, "slo", "", "objectives: p50, p95 and p99 of the response time, and errors, as in p99=250ms,errors<1%")
	flags.StringArrayVar(&f.paths, "path", []string{"/"}, "what to request, with its weight where there are several: /search?q=x=3")
	flags.Var(&f.memory, "memory", "that the deployment may take (default: what is free on this machine or in its container)")
	flags.IntVar(&f.cores, "cores", 0, "that the deployment will have; 0: those of this machine or its container")
	flags.StringSliceVar(&f.classes, "classes", nil, "worker classes to choose among (default: that of one request at a time, that of threads, and the one that serves now); gevent only if all that the application waits for cooperates")
	flags.Var(&f.window, "window", "of each run")
	flags.Uint64Var(&f.seed, "seed", 1, "of arrivals and simulations")
	flags.BoolVar(&f.verify, "verify", false, "measure the recommendation, and print it beside what was predicted")
	flags.StringVar(&f.out, "out", "", "folder for plan.html, plan.md, plan.json and gunicorn.conf.py")
	flags.StringVar(&f.config, "write", "", "write the gunicorn.conf.py to this file")
	flags.StringVar(&f.resume, "resume", "", "go on with the plan in this folder: make the runs that are missing")
	flags.StringVar(&f.from, "from", "", "plan from the runs in this folder, without measuring")
	flags.BoolVar(&f.json, "json", false, "print everything as JSON")
	flags.StringVar(&f.attach, "attach", "", "plan for the deployment that listens at HOST:PORT or unix:PATH")
	flags.IntVar(&f.pid, "pid", 0, "of its arbiter, where that is not found: behind a proxy, in a container")
	flags.StringVar(&f.told.Class, "class", "", "its worker class, where that is not found; of a command, the model nearest to one that plan does not know")
	flags.IntVar(&f.told.Workers, "workers", 0, "its workers, likewise")
	flags.IntVar(&f.told.Threads, "threads", 0, "threads of each of its workers, likewise")
	return cmd
}

func (f *planFlags) run(cmd *cobra.Command, args []string) (err error) {
	folder, kept, err := f.folder(args)
	if err != nil {
		return err
	}
	progress := newPlanProgress(cmd.ErrOrStderr())
	p, err := planning.Make(cmd.Context(), folder, progress.watch())
	if err == nil && f.writes() {
		err = p.Try(cmd.Context())
	}
	progress.line.end()
	err = errors.Join(err, folder.Close(err))
	// Records are kept where that was asked for, or where a run of them is still to be made.
	if unfinished := err != nil || len(p.Missing()) > 0; !kept && (!unfinished || folder.Runs() == 0) {
		p.Forget()
		err = errors.Join(err, folder.Remove())
	}
	if err != nil {
		return f.stopped(cmd.Context(), err, p, folder)
	}
	return f.tell(cmd, p)
}

// folder is where the records lie: of a new plan, or of one that goes on or is judged again. kept says that somebody
// asked for them.
func (f *planFlags) folder(args []string) (folder *planning.Folder, kept bool, err error) {
	switch {
	case f.resume != "":
		folder, err = planning.Resume(f.resume)
	case f.from != "":
		folder, err = planning.From(f.from)
	default:
		return f.fresh(args)
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, results.ErrLocked) {
		return nil, true, usage(err)
	}
	if err != nil {
		return nil, true, err
	}
	if err := f.again(&folder.Request); err != nil {
		return nil, true, errors.Join(err, folder.Close(err))
	}
	return folder, true, f.checkFolder()
}

// fresh begins a new plan.
func (f *planFlags) fresh(args []string) (folder *planning.Folder, kept bool, err error) {
	r, err := f.request(args)
	if err != nil {
		return nil, false, err
	}
	if err := f.checkFolder(); err != nil {
		return nil, false, err
	}
	if err := settled(r.Settle()); err != nil {
		return nil, false, err
	}
	dir := f.out
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			cache = os.TempDir()
		}
		dir = filepath.Join(cache, "workerlab", "plans")
	}
	folder, err = planning.Create(dir, r, append([]string{"workerlab"}, os.Args[1:]...))
	return folder, f.out != "", err
}

// settled makes a mistake in usage of what a person can say by flags.
func settled(err error) error {
	if errors.As(err, new(*calibrate.UnknownError)) || errors.As(err, new(*planning.ClassError)) {
		return usage(err)
	}
	return err
}

// writes reports whether a file is written that gunicorn would be started by.
func (f *planFlags) writes() bool { return f.out != "" || f.config != "" }

// stopped is the error of a plan that did not come to its end, with how it goes on.
func (f *planFlags) stopped(ctx context.Context, err error, p *planning.Plan, folder *planning.Folder) error {
	where := p.Records()
	if ctx.Err() != nil {
		err = errors.New("interrupted")
	}
	if where != "" && folder.Runs() > 0 {
		err = fmt.Errorf("%w; %s kept: workerlab plan --resume %s", err, text.Count(folder.Runs(), "run"), where)
	}
	if ctx.Err() != nil {
		return exitError{err, exitInterrupted}
	}
	return err
}

// tell prints and writes what came of it. That nothing meets the goal is an exit code of its own.
func (f *planFlags) tell(cmd *cobra.Command, p *planning.Plan) error {
	out := cmd.OutOrStdout()
	if f.json {
		if err := p.WriteJSON(out); err != nil {
			return err
		}
	} else {
		p.Print(out)
	}
	if f.out != "" {
		if err := p.Write(f.out, os.Args); err != nil {
			return err
		}
		if !f.json {
			fmt.Fprintf(out, "Page: %s/%s\n", f.out, planning.Page)
		}
	}
	if !p.Met() {
		return exitError{fmt.Errorf("no size meets %s at %g requests/s", p.SLO, p.Goal.Rate), exitRefuted}
	}
	if f.config == "" {
		return nil
	}
	if !p.Configured() {
		return fmt.Errorf("--write %s: gunicorn has no such class; the flags that do it are printed", f.config)
	}
	return p.WriteConfig(f.config)
}
