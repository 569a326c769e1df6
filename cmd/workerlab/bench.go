package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/catalog"
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
	f.StringSliceVar(&o.systems, "systems", []string{results.Ours}, "what to put the claims to: some of "+strings.Join(softwareNames(allSoftware()), ","))
	f.StringSliceVar(&o.origins, "origins", []string{results.Measured}, "what the runs come from: some of "+strings.Join(allOrigins(), ","))
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
		return listClaims(cmd.OutOrStdout(), o.asJSON)
	case cmd.Flags().Changed("explain"):
		return explainClaim(cmd.OutOrStdout(), o.explain)
	}
	if err := o.named(cmd); err != nil {
		return err
	}
	b, err := o.bench(cmd)
	switch {
	case err != nil:
		return err
	case o.dryRun:
		return b.print(cmd.OutOrStdout(), o.asJSON)
	}
	return b.run(cmd)
}

// named refuses flags that were given without a value, as by a variable of a script that is empty: they
// would mean something else.
func (o *benchOptions) named(cmd *cobra.Command) error {
	for _, flag := range []struct {
		name  string
		empty bool
		want  string
	}{
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

// bench is the run that the flags ask for: a new one, or what is left of one.
func (o *benchOptions) bench(cmd *cobra.Command) (*bench, error) {
	if _, err := choose(claimsOf(o.expect)); err != nil {
		return nil, err
	}
	b := &bench{options: o, began: time.Now(), dir: o.out}
	if o.resume != "" {
		if err := b.resume(cmd); err != nil {
			return nil, err
		}
	} else if err := b.fresh(cmd); err != nil {
		return nil, err
	}
	for _, name := range o.expect {
		if !slices.ContainsFunc(b.put, func(e experiments.Experiment) bool { return e.Name() == name }) {
			return nil, usage(fmt.Errorf("--expect %s: not among the claims of the run; add it to --only, and its system to --systems", name))
		}
	}
	b.plan = experiments.NewPlan(b.put, b.profile, b.seed)
	return b, nil
}

// claimsOf are the IDs of claims that may each name a system.
func claimsOf(names []string) (ids []string) {
	for _, name := range names {
		id, _, _ := strings.Cut(name, "@")
		ids = append(ids, id)
	}
	return ids
}

func parseProfile(name string) (trial.Profile, error) {
	var names []string
	for _, p := range trial.Profiles() {
		if p.String() == name {
			return p, nil
		}
		names = append(names, p.String())
	}
	return 0, usage(fmt.Errorf("unknown profile %q: want one of %s", name, strings.Join(names, ", ")))
}

// choose finds experiments by ID; none named means all.
func choose(ids []string) ([]experiments.Experiment, error) {
	all := catalog.Experiments()
	if len(ids) == 0 {
		return all, nil
	}
	for _, id := range ids {
		if !slices.ContainsFunc(all, func(e experiments.Experiment) bool { return e.ID == id }) {
			return nil, usage(fmt.Errorf("unknown claim %q: workerlab bench --list names them", id))
		}
	}
	return slices.DeleteFunc(all, func(e experiments.Experiment) bool { return !slices.Contains(ids, e.ID) }), nil
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
