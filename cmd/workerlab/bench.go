package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/catalog"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/host"
)

const benchLong = `Put the claims about worker models to the test: real worker processes, real load, memory read from
the kernel. Every run is kept as a record in the results folder, beside figures and report.md; the
table of verdicts is printed at the end. Ctrl-C keeps the runs so far and reports them.

Profiles: smoke (half a minute: checks that everything works, and decides nothing), quick (about 5
minutes on two cores), standard (about half an hour), full (an hour and more).

Exit codes: 0 done, whatever the verdicts; 3 a claim given to --expect was refuted; 4 one of them was
left undecided; 130 interrupted; 2 usage; 1 anything else.`

const benchExamples = `  workerlab bench
  workerlab bench --only gil-cpu,threads-io --profile standard
  workerlab bench --explain event-loop-blocked
  workerlab bench --dry-run`

// benchOptions are the command's flags.
type benchOptions struct {
	profile string
	only    []string
	expect  []string
	out     string
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
	f.StringVar(&o.profile, "profile", experiments.Quick.String(), "smoke, quick, standard or full")
	f.StringSliceVar(&o.only, "only", nil, "claims to judge, by ID; all if not given")
	f.StringSliceVar(&o.expect, "expect", nil, "claims that must come out supported")
	f.StringVar(&o.out, "out", "", "folder of the run (default results/runs/TIME)")
	f.Uint64Var(&o.seed, "seed", 0, "of the runs' order; 0: drawn")
	f.BoolVar(&o.dryRun, "dry-run", false, "print the runs in order, and how long they would take")
	f.BoolVar(&o.list, "list", false, "list the claims")
	f.StringVar(&o.explain, "explain", "", "say what a claim means and how it is measured, by ID")
	f.BoolVar(&o.asJSON, "json", false, "print the verdicts as JSON")
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
		return listClaims(cmd.OutOrStdout())
	case o.explain != "":
		return explainClaim(cmd.OutOrStdout(), o.explain)
	}
	profile, err := parseProfile(o.profile)
	if err != nil {
		return err
	}
	chosen, err := choose(o.only)
	if err != nil {
		return err
	}
	if _, err := choose(o.expect); err != nil {
		return err
	}
	for _, id := range o.expect {
		if len(o.only) > 0 && !slices.Contains(o.only, id) {
			return usage(fmt.Errorf("--expect %s: not among the claims of --only; add it there", id))
		}
	}
	if o.seed == 0 {
		o.seed = 1 + rand.Uint64N(1e6)
	}
	plan := experiments.NewPlan(chosen, profile, o.seed)
	if o.dryRun {
		return printPlan(cmd.OutOrStdout(), plan)
	}
	return o.measure(cmd, profile, chosen, plan)
}

func parseProfile(name string) (experiments.Profile, error) {
	var names []string
	for _, p := range experiments.Profiles() {
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

func listClaims(w io.Writer) error {
	for _, e := range catalog.Experiments() {
		fmt.Fprintf(w, "%s\n", e.ID)
		for _, line := range wrap(e.Claim, 74) {
			fmt.Fprintf(w, "    %s\n", line)
		}
	}
	return nil
}

func explainClaim(w io.Writer, id string) error {
	chosen, err := choose([]string{id})
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(w, chosen[0].Explain())
	return err
}

func printPlan(w io.Writer, plan experiments.Plan) error {
	for i, s := range plan {
		fmt.Fprintf(w, "%3d  block %d  %-52s %5.1f s  %s\n", i+1, s.Block+1, s.Trial, s.Trial.Estimate().Seconds(), strings.Join(s.Users, ","))
	}
	_, err := fmt.Fprintf(w, "%d runs of %d trials, about %v, and 3 s to look at the host\n",
		len(plan), plan.Trials(), plan.Estimate().Round(time.Second))
	return err
}

// measure carries the plan out and reports, also what an interrupted or failed session left.
func (o *benchOptions) measure(cmd *cobra.Command, p experiments.Profile, chosen []experiments.Experiment, plan experiments.Plan) error {
	began := time.Now()
	dir := o.out
	if dir == "" {
		dir = filepath.Join("results", "runs", began.UTC().Format("20060102-150405"))
	}
	store, err := results.Create(dir)
	if errors.Is(err, fs.ErrExist) {
		return usage(fmt.Errorf("%s already holds the records of a run: choose another folder", dir))
	}
	if err != nil {
		return err
	}
	manifest := o.manifest(dir, began, p, chosen)
	stopped := o.session(cmd, p, plan, store, &manifest)
	manifest.Finished = time.Now().UTC()
	if stopped != nil {
		manifest.Interrupted = stopped.Error()
	}
	if err := errors.Join(store.WriteManifest(manifest), store.Close()); err != nil {
		return errors.Join(stopped, err)
	}
	verdicts, err := render(dir, cmd.ErrOrStderr())
	if err != nil {
		return errors.Join(stopped, err)
	}
	if err := printVerdicts(cmd.OutOrStdout(), verdicts, dir, o.asJSON); err != nil {
		return err
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "took %v\n", time.Since(began).Round(time.Second))
	switch {
	case cmd.Context().Err() != nil:
		return exitError{fmt.Errorf("interrupted; the runs so far are in %s", dir), exitInterrupted}
	case stopped != nil:
		return stopped
	}
	return o.expected(verdicts)
}

func (o *benchOptions) manifest(dir string, began time.Time, p experiments.Profile, chosen []experiments.Experiment) results.Manifest {
	m := results.Manifest{
		Run: filepath.Base(dir), Started: began.UTC(), Profile: p.String(), Seed: o.seed,
		Command: append([]string{"workerlab"}, os.Args[1:]...), Systems: []string{"workerlab"}, Host: host.Read(),
	}
	for _, e := range chosen {
		m.Claims = append(m.Claims, e.ID)
	}
	m.Versions = map[string]string{"workerlab": m.Host.Version}
	return m
}

// session measures. Its error says why it ended before the plan did.
func (o *benchOptions) session(cmd *cobra.Command, p experiments.Profile, plan experiments.Plan, store *results.Store, m *results.Manifest) error {
	if err := store.WriteManifest(*m); err != nil { // before the host is kept busy for minutes
		return err
	}
	line := newProgressLine(cmd.ErrOrStderr())
	defer line.end()
	line.say("looking at the host, measuring its speed")
	session, err := experiments.NewSession(cmd.Context())
	if err != nil {
		return interrupted(cmd.Context(), err)
	}
	defer session.Close()
	m.CPURate, m.Placement, m.Warnings = session.CPURate, session.Placement, session.Warnings
	for _, warning := range m.Warnings {
		line.print("warning: " + warning)
	}
	if err := store.WriteManifest(*m); err != nil {
		return err
	}
	return interrupted(cmd.Context(), session.Run(cmd.Context(), experiments.Runner{
		Plan: plan, Seed: o.seed, Run: m.Run, Budget: budget(p, plan),
		Record: store.Append, Progress: line.show,
	}))
}

// budget leaves some time beyond the plan for waiting and repeating on a noisy host: little in the
// quick profile, which must end within six minutes.
func budget(p experiments.Profile, plan experiments.Plan) time.Duration {
	estimate := plan.Estimate()
	return estimate + experiments.Pick(p, 5*time.Second, 20*time.Second, estimate/2, estimate/2)
}

// interrupted names the cause of an end by Ctrl-C, and passes other errors on.
func interrupted(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errors.New("interrupted")
	}
	return err
}

// expected turns the verdicts on the claims of --expect into the exit code.
func (o *benchOptions) expected(verdicts []results.Verdict) error {
	var refuted, open []string
	for _, id := range o.expect {
		i := slices.IndexFunc(verdicts, func(v results.Verdict) bool { return v.ID == id })
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

// wrap breaks text into lines of at most width characters.
func wrap(text string, width int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
