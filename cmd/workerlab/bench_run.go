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
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/host"
)

// A bench is one session of a run.
type bench struct {
	options *benchOptions
	began   time.Time
	dir     string

	profile trial.Profile
	chosen  []experiments.Experiment // claims
	systems lineUp
	put     []experiments.Experiment // claims on systems
	origins []string                 // of the run's records
	added   []string                 // of them, those that a run which goes on was begun without
	seed    uint64
	plan    trial.Plan

	manifest results.Manifest
	skipped  []string      // what is not put to the test, and why
	earlier  results.Table // records of earlier sessions
	store    *results.Store
}

// fresh is a new run after the flags.
func (b *bench) fresh(cmd *cobra.Command) (err error) {
	if b.profile, err = parseProfile(b.options.profile); err != nil {
		return err
	}
	if b.chosen, err = choose(b.options.only); err != nil {
		return err
	}
	if b.seed = b.options.seed; b.seed == 0 {
		b.seed = 1 + rand.Uint64N(1e6)
	}
	if b.dir == "" {
		b.dir = filepath.Join("results", "runs", b.began.UTC().Format("20060102-150405"))
	}
	if err := b.line(cmd, b.options.systems); err != nil {
		return err
	}
	if b.origins, err = parseOrigins(b.options.origins); err != nil {
		return err
	}
	b.manifest = b.today()
	return nil
}

// line lines up the systems, and says what cannot be put to the test.
func (b *bench) line(cmd *cobra.Command, names []string) error {
	compares := slices.ContainsFunc(b.chosen, func(e experiments.Experiment) bool { return e.Across })
	switch {
	case b.options.resume != "":
		compares = len(b.manifest.Compared) > 0
	case !cmd.Flags().Changed("only"): // in the quick profile there is no time for them beside the others
		compares = compares && b.profile != trial.Quick && !slices.Equal(names, []string{results.Ours})
	}
	systems, err := lineUpOf(cmd.Context(), names, compares)
	if err != nil {
		return err
	}
	b.systems = systems
	put, skipped := systems.put(b.chosen)
	if len(put) == 0 {
		return usage(fmt.Errorf("nothing to put to the test: %s", strings.Join(skipped, "; ")))
	}
	b.put, b.skipped = put, skipped
	return nil
}

// today is the manifest of the run as it would be begun now, here.
func (b *bench) today() results.Manifest {
	m := results.Manifest{
		Run: filepath.Base(b.dir), Profile: b.profile.String(), Seed: b.seed,
		Command: append([]string{"workerlab"}, os.Args[1:]...), Host: host.Read(),
		Systems: softwareNames(b.systems.tested), Compared: softwareNames(b.systems.compared), Versions: b.systems.versions,
		Origins: b.origins,
	}
	for _, e := range b.chosen {
		m.Claims = append(m.Claims, e.ID)
	}
	for _, err := range b.systems.missing {
		m.Warnings = append(m.Warnings, err.Error())
	}
	return m
}

// open opens the run's folder, for this session alone.
func (b *bench) open() (err error) {
	if b.options.resume != "" {
		b.store, err = results.Open(b.dir)
	} else {
		b.store, err = results.Create(b.dir)
	}
	if errors.Is(err, fs.ErrExist) {
		return usage(fmt.Errorf("%s already holds the records of a run: choose another folder, or go on with it (--resume)", b.dir))
	}
	if errors.Is(err, results.ErrLocked) || errors.Is(err, results.ErrPacked) {
		return usage(err)
	}
	return err
}

// run carries out what there is to do and reports, also what an interrupted or failed session left.
func (b *bench) run(cmd *cobra.Command) error {
	switch {
	case b.complete():
		return b.judgeAgain(cmd)
	case b.manifest.Complete() && !b.measures():
		return b.judgeWith(cmd, b.addModels(cmd))
	}
	if err := b.open(); err != nil {
		return err
	}
	b.manifest.Origins = b.origins
	b.manifest.Begin(b.began.UTC())
	stopped := b.session(cmd)
	why := ""
	if stopped != nil {
		why = stopped.Error()
	}
	b.manifest.End(time.Now().UTC(), why)
	kept := errors.Join(b.store.WriteManifest(b.manifest), b.store.Close())
	if kept != nil {
		return errors.Join(stopped, kept)
	}
	return b.judgeWith(cmd, stopped)
}

// judgeWith judges the records, reports, and ends as the making of them ended.
func (b *bench) judgeWith(cmd *cobra.Command, stopped error) error {
	rep, err := verdict(b.dir, false, cmd.ErrOrStderr())
	if err != nil {
		return errors.Join(stopped, err)
	}
	if err := renderAndPrint(cmd.OutOrStdout(), place{b.dir, b.dir, true}, &rep, b.options.asJSON); err != nil {
		return errors.Join(stopped, err)
	}
	b.hint(cmd.ErrOrStderr(), rep.Verdicts())
	return b.end(cmd.Context(), stopped, rep.Verdicts())
}

// complete says that there is nothing left of a run that was to go on.
func (b *bench) complete() bool { return b.manifest.Complete() && len(b.added) == 0 }

// judgeAgain does what there is to do for such a run: it tells the verdicts, and what was expected of
// them counts.
func (b *bench) judgeAgain(cmd *cobra.Command) error {
	fmt.Fprintf(cmd.ErrOrStderr(), "There is nothing to resume: the run in %s is complete.\n", b.dir)
	rep, err := verdict(b.dir, false, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	if err := printVerdicts(cmd.OutOrStdout(), &rep, b.options.asJSON); err != nil {
		return err
	}
	return b.options.expected(rep.Verdicts())
}

// end is what the command ends with.
func (b *bench) end(ctx context.Context, stopped error, verdicts []results.Verdict) error {
	var fuse *rig.FuseError
	switch {
	case ctx.Err() != nil:
		return exitError{fmt.Errorf("interrupted; the runs so far are in %s", b.dir), exitInterrupted}
	case stopped != nil && !errors.As(stopped, &fuse):
		return stopped
	}
	return b.options.expected(verdicts)
}

// hint says how long it took and what to do next.
func (b *bench) hint(w io.Writer, verdicts []results.Verdict) {
	fmt.Fprintf(w, "took %v\n", time.Since(b.began).Round(time.Second))
	if b.manifest.Interrupted != "" {
		fmt.Fprintf(w, "the run is not complete: %s\ngo on with it: workerlab bench --resume %s\n", b.manifest.Interrupted, b.dir)
		return
	}
	if b.modelsAlone() {
		fmt.Fprintf(w, "measure it too: workerlab bench --resume %s --origins measured\n", b.dir)
		return
	}
	var open, spoiled []string
	for _, v := range verdicts {
		switch {
		case v.Outcome != results.Inconclusive:
		case v.Lost > 0:
			spoiled = append(spoiled, v.Name())
		default:
			open = append(open, v.Name())
		}
	}
	if len(spoiled) > 0 {
		fmt.Fprintf(w, "see what disturbs this machine: workerlab doctor\nthen again: workerlab bench --profile %v --only %s\n", b.profile, b.flags(spoiled))
	}
	if longer, ok := b.longer(); ok && len(open) > 0 {
		fmt.Fprintf(w, "more blocks for what is undecided: workerlab bench --profile %v --only %s\n", longer, b.flags(open))
	}
}

// flags name claims on their systems as the command line does.
func (b *bench) flags(names []string) string {
	ids := slices.Compact(slices.Sorted(slices.Values(claimsOf(names))))
	flags := strings.Join(ids, ",")
	if len(b.manifest.Systems) > 1 {
		flags += " --systems " + strings.Join(b.manifest.Systems, ",")
	}
	return flags
}

// longer is the next longer profile.
func (b *bench) longer() (trial.Profile, bool) {
	all := trial.Profiles()
	if int(b.profile)+1 < len(all) {
		return all[b.profile+1], true
	}
	return 0, false
}

// session makes the records. Its error says why it ended before the plan did.
func (b *bench) session(cmd *cobra.Command) error {
	if err := b.store.WriteManifest(b.manifest); err != nil { // before the host is kept busy for minutes
		return err
	}
	line := newProgressLine(cmd.ErrOrStderr())
	defer line.end()
	for _, why := range b.skipped {
		line.print(why)
	}
	return b.carryOut(cmd, line)
}

// measure puts the servers to the test. Its error says why it ended before the plan did.
func (b *bench) measure(cmd *cobra.Command, line *progressLine) error {
	line.say("looking at the host, measuring its speed")
	session, err := rig.NewSession(cmd.Context(), rig.Needs(b.plan), b.systems.others()...)
	if err != nil {
		return interrupted(cmd.Context(), err)
	}
	defer session.Close()
	for _, warning := range b.settle(session) {
		line.print("warning: " + warning)
	}
	if err := b.store.WriteManifest(b.manifest); err != nil {
		return err
	}
	err = session.Run(cmd.Context(), b.runner(line))
	if fuseErr := (*rig.FuseError)(nil); errors.As(err, &fuseErr) {
		fuseErr.Budget = b.fuse() // the whole session's, of which measuring had a part
	}
	return interrupted(cmd.Context(), err)
}

// fuse is how long this session may take.
func (b *bench) fuse() time.Duration {
	return fuse(b.profile, len(b.systems.tested), b.plan.Estimate())
}

func (b *bench) runner(line *progressLine) rig.Runner {
	r := rig.Runner{
		Plan: b.plan, Seed: b.seed, Run: b.manifest.Run,
		Budget:  b.fuse() - time.Since(b.began) - reporting,
		Tries:   b.tries(),
		Earlier: b.earlier, Added: b.manifest.Added,
		Record: b.store.Append, Progress: line.show,
	}
	r.Extend = func(added results.Added) error {
		b.manifest.Added = append(b.manifest.Added, added)
		return b.store.WriteManifest(b.manifest)
	}
	if b.profile != trial.Smoke {
		r.Interim = experiments.Interim{Chosen: b.put, Profile: b.profile, Seed: b.seed}
	}
	return r
}

// tries is how often a run is tried at most. The smoke profile decides nothing, so that nothing is
// worth repeating.
func (b *bench) tries() int {
	return trial.Pick(b.profile, 1, rig.Tries, rig.Tries, rig.Tries)
}

// fuse is how long a session may take, all in all: for each system ten minutes less a margin, an hour, or
// half as much again as the plan. The smoke profile's is only there to end.
func fuse(p trial.Profile, systems int, plan time.Duration) time.Duration {
	n := time.Duration(max(1, systems))
	return trial.Pick(p, n*5*time.Minute, n*580*time.Second, n*time.Hour, plan*3/2)
}

// reporting is what is kept of it for judging and drawing.
const reporting = 10 * time.Second

// interrupted names the cause of an end by Ctrl-C, which has an exit code of its own, and passes other errors on.
func interrupted(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return exitError{errors.New("interrupted"), exitInterrupted}
	}
	return err
}
