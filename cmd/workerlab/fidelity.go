package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/workerlab/workerlab/experiments/bench"
	"github.com/workerlab/workerlab/experiments/fidelity"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/host"
)

const fidelityLong = `Fidelity sets our worker classes beside gunicorn's, with the same settings on this machine.

Shape: throughput against workers, threads and clients, latency against load. What a request costs
gunicorn more CPU time is measured first, on one busy worker, and given to our application as work.
Each curve is then divided by its own geometric mean: is no point of one
off the other's by more than 10 %?

Behaviour: what a client sees, over raw TCP, when a request outlives the timeout, a worker is killed,
the server drained or reloaded, a connection left idle, a head left half, two requests sent at once,
and so on. A row is the same, or a difference with its reason; one without a reason is unexplained,
and the command says so.

Both go into fidelity.md and fidelity.json. With --only the other part stays as it was. Behaviour
takes about a minute and a half, shape about 5 minutes a block. Ctrl-C writes nothing.

Exit codes: 0 compared, whatever came of it; 130 interrupted; 2 usage, also where gunicorn is not
installed; 1 anything else.`

const fidelityExamples = `  workerlab fidelity
  workerlab fidelity --quick --out /tmp/fidelity
  workerlab fidelity --only behaviour
  workerlab fidelity --only shape --blocks 10 --seed 7`

// The parts of a report.
const (
	shapePart     = "shape"
	behaviourPart = "behaviour"
)

// How often each run is repeated.
const (
	usualBlocks = 6
	quickBlocks = 3
	leastBlocks = 2 // that tell how runs scatter
)

type fidelityFlags struct {
	only   string
	quick  bool
	blocks int
	seed   uint64
	out    string
	asJSON bool
}

func newFidelityCommand() *cobra.Command {
	var f fidelityFlags
	cmd := &cobra.Command{
		Use:     "fidelity",
		Short:   "our worker classes beside gunicorn's: curves and behaviour",
		Long:    fidelityLong,
		Example: fidelityExamples,
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(cmd); err != nil {
				return err
			}
			return f.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.only, "only", "", "shape or behaviour; both if not given")
	flags.BoolVar(&f.quick, "quick", false, fmt.Sprintf("%d blocks: wider intervals", quickBlocks))
	flags.IntVar(&f.blocks, "blocks", usualBlocks, "how often each run is repeated")
	flags.Uint64Var(&f.seed, "seed", 0, "of the runs' order and arrivals; 0: drawn")
	flags.StringVar(&f.out, "out", filepath.Join("results", "fidelity"), "folder of the report")
	flags.BoolVar(&f.asJSON, "json", false, "print the whole report as JSON")
	return cmd
}

// check refuses flags that mean nothing, and settles what was left open.
func (f *fidelityFlags) check(cmd *cobra.Command) error {
	switch {
	case cmd.Flags().Changed("only") && f.only != shapePart && f.only != behaviourPart:
		return usagef("--only %q: want %s or %s", f.only, shapePart, behaviourPart)
	case f.quick && cmd.Flags().Changed("blocks"):
		return usagef("--quick and --blocks %d: want one of them", f.blocks)
	case f.blocks < leastBlocks:
		return usagef("--blocks %d: want at least %d, which tell how runs scatter", f.blocks, leastBlocks)
	case f.out == "":
		return usagef("--out is empty: want a folder")
	}
	if f.quick {
		f.blocks = quickBlocks
	}
	if f.seed == 0 {
		f.seed = 1 + rand.Uint64N(1e6)
	}
	return nil
}

func (f *fidelityFlags) run(ctx context.Context, stdout, stderr io.Writer) error {
	both, err := bench.Named([]string{results.Ours, fidelity.Theirs})
	if err != nil {
		return err
	}
	versions := make(map[string]string)
	for _, s := range both {
		if versions[s.Name()], err = s.Version(ctx); err != nil {
			return usage(err)
		}
	}
	report, err := fidelity.Read(f.out)
	if err != nil {
		return err
	}
	began := time.Now()
	if err := f.measure(ctx, &report, both[1], versions, newProgressLine(stderr)); err != nil {
		if ctx.Err() != nil {
			return exitError{errors.New("interrupted; nothing was written"), exitInterrupted}
		}
		return err
	}
	if err := report.Store(f.out); err != nil {
		return err
	}
	if err := f.print(stdout, report); err != nil {
		return err
	}
	fmt.Fprintf(stderr, "took %v\n", time.Since(began).Round(time.Second))
	warnOfUnexplained(stderr, report)
	return nil
}

// measure replaces the parts of the report that are asked for.
func (f *fidelityFlags) measure(ctx context.Context, report *fidelity.Report, theirs rig.Software, versions map[string]string, line *progressLine) error {
	defer line.end()
	line.say("looking at the host, measuring its speed")
	session, err := rig.NewSession(ctx, fidelity.Needs(), theirs)
	if err != nil {
		return err
	}
	defer session.Close()
	for _, warning := range session.Warnings {
		line.print("warning: " + warning)
	}
	origin := fidelity.Origin{Host: host.Read(), Versions: versions, Warnings: session.Warnings}
	show := func(p fidelity.Progress) {
		line.say(fmt.Sprintf("[%*d/%d] %v left  %s", len(fmt.Sprint(p.Total)), p.Done+1, p.Total, p.Left.Round(time.Second), p.What))
	}
	if f.only != shapePart {
		began := time.Now()
		rows, err := fidelity.Observe(ctx, session, fidelity.Behaviours(), fidelity.Classes(), show)
		if err != nil {
			return err
		}
		report.Behaviour = &fidelity.Behaved{Origin: origin.Since(began, 0), Rows: rows}
	}
	if f.only != behaviourPart {
		began := time.Now()
		shape, err := fidelity.Compare(ctx, session, f.seed, f.blocks, show)
		if err != nil {
			return err
		}
		shape.Origin = origin.Since(began, f.seed)
		report.Shape = shape
	}
	return nil
}

func (f *fidelityFlags) print(w io.Writer, report fidelity.Report) error {
	if f.asJSON {
		return report.WriteJSON(w)
	}
	switch f.only { // what was measured
	case shapePart:
		report.Behaviour = nil
	case behaviourPart:
		report.Shape = nil
	}
	if err := report.Print(w); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "Report: %s\n", filepath.Join(f.out, fidelity.MarkdownFile))
	return err
}

// warnOfUnexplained names the differences without a reason.
func warnOfUnexplained(w io.Writer, report fidelity.Report) {
	var names []string
	for _, row := range report.Unexplained() {
		names = append(names, row.Behaviour+" of "+row.Class)
	}
	if len(names) > 0 {
		fmt.Fprintf(w, "Differences from gunicorn that nobody can explain: %s\n", strings.Join(names, ", "))
	}
}
