package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/workerlab/workerlab/experiments/bench"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

const benchLong = `Put the claims about worker models to the test: real worker processes, real load, memory read from
the kernel. Every run is kept as a record in the results folder, beside figures and the report; the
table of verdicts is printed at the end. Ctrl-C keeps the runs so far and reports them, and --resume
goes on with them.

Profiles: smoke (checks that everything works, and decides nothing), quick (at most ten minutes on
two cores), standard (at most an hour), full (hours); as much again for each further system. What time
the planned runs leave goes to runs that the host spoiled, and then to further blocks for claims that
are still undecided.

Systems: the claims are put to our own server, and by --systems to gunicorn and others as well, each of
which gets a verdict of its own. Claims that compare systems (cgi-cost, gateway-chain …) take whatever
is installed; the quick profile puts them to the test where --only names them. What is not installed is
named, with the command that installs it.

Origins: runs are measured, and by --origins the same trials are simulated in virtual time and predicted
by the closed forms of their worker classes as well; the report draws the three over each other and says
how far they are apart. Simulated alone takes seconds and needs no load. Claims are judged by what was
measured alone. --resume DIR --origins simulated,predicted adds them to a run.

Exit codes: 0 done, whatever the verdicts; 3 a claim given to --expect was refuted; 4 one of them was
left undecided; 130 interrupted; 2 usage; 1 anything else.`

const benchExamples = `  workerlab bench
  workerlab bench --only gil-cpu,threads-io --profile standard
  workerlab bench --systems workerlab,gunicorn
  workerlab bench --only cgi-cost,gateway-chain
  workerlab bench --only threads-io --origins measured,simulated,predicted
  workerlab bench --explain event-loop-blocked
  workerlab bench --dry-run
  workerlab bench --resume results/runs/20260102-150405`

// benchOptions are the command's flags.
type benchOptions struct {
	profile string
	only    []string
	systems []string
	origins []string
	expect  []string
	out     string
	resume  string
	seed    uint64
	dryRun  bool
	list    bool
	explain string
	asJSON  bool
}

func newBenchCommand() *cobra.Command {
	var o benchOptions
	cmd := &cobra.Command{
		Use:     "bench",
		Short:   "put the claims to the test and report",
		Long:    benchLong,
		Example: benchExamples,
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.profile, "profile", trial.Quick.String(), "smoke, quick, standard or full")
	f.StringSliceVar(&o.only, "only", nil, "claims to judge, by ID; all if not given")
	f.StringSliceVar(&o.systems, "systems", []string{results.Ours}, "what to put the claims to: some of "+strings.Join(bench.Names(bench.Systems()), ","))
	f.StringSliceVar(&o.origins, "origins", []string{results.Measured}, "what the runs come from: some of "+strings.Join(bench.Origins(), ","))
	f.StringSliceVar(&o.expect, "expect", nil, "claims that must come out supported; of other systems as gil-cpu@gunicorn")
	f.StringVar(&o.out, "out", "", "folder of the run (default results/runs/TIME)")
	f.StringVar(&o.resume, "resume", "", "go on with the interrupted run in this folder")
	f.Uint64Var(&o.seed, "seed", 0, "of the runs' order; 0: drawn")
	f.BoolVar(&o.dryRun, "dry-run", false, "print the runs in order, and how long they would take")
	f.BoolVar(&o.list, "list", false, "list the claims")
	f.StringVar(&o.explain, "explain", "", "say what a claim means and how it is measured, by ID")
	f.BoolVar(&o.asJSON, "json", false, "print the verdicts, the list or the plan as JSON")
	return cmd
}

func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage(fmt.Errorf("%s takes no arguments, got %q", cmd.Name(), args[0]))
	}
	return nil
}

func (o *benchOptions) run(cmd *cobra.Command) error {
	switch {
	case o.list:
		return bench.List(cmd.OutOrStdout(), o.asJSON)
	case cmd.Flags().Changed("explain"):
		return bench.Explain(cmd.OutOrStdout(), o.explain)
	}
	if err := o.named(cmd); err != nil {
		return err
	}
	r, err := o.ordered(cmd)
	switch {
	case err != nil:
		return err
	case o.dryRun:
		return r.Print(cmd.OutOrStdout(), o.asJSON)
	}
	return o.carryOut(cmd, r)
}

// named refuses flags that were given without a value, as by a variable of a script that is empty: they
// would mean something else.
func (o *benchOptions) named(cmd *cobra.Command) error {
	for _, flag := range []struct {
		name  string
		empty bool
		want  string
	}{
		{"profile", o.profile == "", "a profile"},
		{"resume", o.resume == "", "the folder of a run"},
		{"out", o.out == "", "a folder"},
		{"only", len(o.only) == 0, "claims"},
		{"systems", len(o.systems) == 0, "systems"},
		{"origins", len(o.origins) == 0, "origins"},
		{"expect", len(o.expect) == 0, "claims"},
	} {
		if cmd.Flags().Changed(flag.name) && flag.empty {
			return usagef("--%s is empty: want %s", flag.name, flag.want)
		}
	}
	return nil
}

// ordered is the run that the flags ask for: a new one, or what is left of one.
func (o *benchOptions) ordered(cmd *cobra.Command) (*bench.Run, error) {
	if _, err := bench.Choose(bench.ClaimsOf(o.expect)); err != nil {
		return nil, err
	}
	order := bench.Order{Seed: o.seed, Out: o.out, Resume: o.resume, Command: append([]string{"workerlab"}, os.Args[1:]...)}
	given := cmd.Flags().Changed
	if given("profile") {
		order.Profile = o.profile
	}
	if given("only") {
		order.Claims = o.only
	}
	if given("systems") {
		order.Systems = o.systems
	}
	if given("origins") {
		order.Origins = o.origins
	}
	r, err := bench.New(cmd.Context(), order)
	if err != nil {
		return nil, err
	}
	for _, name := range o.expect {
		if !r.Has(name) {
			return nil, usage(fmt.Errorf("--expect %s: not among the claims of the run; add it to --only, and its system to --systems", name))
		}
	}
	return r, nil
}

// carryOut does what there is to do and reports, also what an interrupted or failed session left.
func (o *benchOptions) carryOut(cmd *cobra.Command, r *bench.Run) error {
	ctx, stdout, stderr := cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr()
	complete := r.Complete()
	var made error
	if complete {
		fmt.Fprintf(stderr, "There is nothing to resume: the run in %s is complete.\n", r.Dir())
	} else {
		line := newProgressLine(stderr)
		made = r.Make(ctx, bench.Watch{Measuring: line.show, Doing: line.say, Say: line.print})
		line.end()
	}
	if made != nil && !errors.As(made, new(*bench.StoppedError)) {
		return made
	}
	rep, err := verdict(r.Dir(), false, stderr)
	if err != nil {
		return errors.Join(made, err)
	}
	if complete {
		err = printVerdicts(stdout, &rep, o.asJSON)
	} else if err = renderAndPrint(stdout, place{r.Dir(), r.Dir(), true}, &rep, o.asJSON); err == nil {
		r.Hint(stderr, rep.Verdicts())
	}
	switch {
	case err != nil:
		return errors.Join(made, err)
	case ctx.Err() != nil:
		return exitError{fmt.Errorf("interrupted; the runs so far are in %s", r.Dir()), exitInterrupted}
	case made != nil && !errors.As(made, new(*rig.FuseError)):
		return made
	}
	return o.expected(rep.Verdicts())
}

// expected turns the verdicts on the claims of --expect into the exit code.
func (o *benchOptions) expected(verdicts []results.Verdict) error {
	var refuted, open []string
	for _, id := range o.expect {
		i := slices.IndexFunc(verdicts, func(v results.Verdict) bool { return v.Name() == id })
		switch {
		case i < 0 || verdicts[i].Outcome == results.Inconclusive:
			open = append(open, id)
		case verdicts[i].Outcome != results.Supported:
			refuted = append(refuted, id)
		}
	}
	switch {
	case len(refuted) > 0:
		return exitError{fmt.Errorf("expected to be supported, but not: %s", strings.Join(refuted, ", ")), exitRefuted}
	case len(open) > 0:
		return exitError{fmt.Errorf("expected to be supported, but undecided: %s", strings.Join(open, ", ")), exitUndecided}
	}
	return nil
}
