package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/workerlab/workerlab/results/compare"
	"github.com/workerlab/workerlab/results/text"
)

const compareLong = `Compare tells what changed from run A to run B: for every cell that both measured, throughput,
response times, CPU per request and memory as the ratio B/A with its interval. Regressions come
first, then improvements; what shows no difference beyond noise is counted. A and B are folders of
runs, or files of records.

Two runs are two sessions: what the host did between them is in every ratio. Where the hosts differ,
in make or in speed, that is said on top. Verdicts that changed are told before the figures.

A difference is declared if its p-value, adjusted for all comparisons (Benjamini and Hochberg),
is at most 5 %, and if it exceeds both 2 % and what identical cells of either run differed by.
Identical runs therefore raise an alarm in at most one comparison of runs in twenty.

Exit codes: 0 compared, whatever changed; with --fail-above 3 if a regression exceeds it, and 4 if
there was nothing to compare; 2 usage, such as a folder without a run; 1 anything else.`

const compareExamples = `  workerlab compare results/reference/quick results/runs/20260102-150405

  # in a pipeline: fails where throughput fell, or latency rose, by more than 5 %
  workerlab compare before after --fail-above 5% --metric throughput,p50`

type compareFlags struct {
	failAbove share
	metrics   []string
	asJSON    bool
}

func newCompareCommand() *cobra.Command {
	f := compareFlags{failAbove: share(math.Inf(1))}
	cmd := &cobra.Command{
		Use:     "compare A B",
		Short:   "what changed from one run to another",
		Long:    compareLong,
		Example: compareExamples,
		Args:    twoRuns,
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0], args[1]) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.Var(&f.failAbove, "fail-above", "exit with 3 if a declared regression is worse than `SHARE`, as in 5%")
	flags.StringSliceVar(&f.metrics, "metric", nil, "compare only throughput, p50, p99, cpu or pss; several with commas between them")
	flags.BoolVar(&f.asJSON, "json", false, "print the comparison as JSON")
	return cmd
}

func twoRuns(_ *cobra.Command, args []string) error {
	if len(args) != 2 {
		return usage(fmt.Errorf("compare wants two runs, before and after, not %d arguments: workerlab compare A B", len(args)))
	}
	return nil
}

func (f *compareFlags) run(cmd *cobra.Command, before, after string) error {
	metrics, err := compare.ParseMetrics(f.metrics)
	if err != nil {
		return usage(fmt.Errorf("--metric: %w", err))
	}
	a, err := loadRun(before)
	if err != nil {
		return err
	}
	b, err := loadRun(after)
	if err != nil {
		return err
	}
	c := compare.Compare(a, b, metrics)
	out := cmd.OutOrStdout()
	if f.asJSON {
		err = writeJSON(out, &c)
	} else {
		err = c.Print(out, compare.Style{Color: coloured(out)})
	}
	if err != nil {
		return err
	}
	return f.verdict(&c)
}

func loadRun(path string) (compare.Run, error) {
	run, err := compare.Load(path)
	if errors.Is(err, compare.ErrNoRun) {
		return run, usage(err)
	}
	return run, err
}

// verdict turns regressions beyond --fail-above into the exit code.
func (f *compareFlags) verdict(c *compare.Comparison) error {
	if math.IsInf(float64(f.failAbove), 1) {
		return nil
	}
	if len(c.Changes) == 0 {
		return exitError{errors.New("nothing could be compared: no cell has two valid runs on both sides"), exitUndecided}
	}
	above := c.Above(float64(f.failAbove))
	if len(above) == 0 {
		return nil
	}
	worst := above[0]
	for _, x := range above {
		if x.Worse() > worst.Worse() {
			worst = x
		}
	}
	return exitError{fmt.Errorf("%s of more than %s, the worst %s of %s: %.1f %% worse",
		text.Count(len(above), "regression"), &f.failAbove, worst.Metric, compare.Label(worst.Cell), 100*worst.Worse()), exitRefuted}
}

// share is a flag of a part of the whole: "5%" or "0.05". +Inf says that it was not given.
type share float64

var _ pflag.Value = (*share)(nil)

func (s *share) String() string {
	if math.IsInf(float64(*s), 1) {
		return ""
	}
	return strconv.FormatFloat(100*float64(*s), 'g', 6, 64) + "%"
}

// Type implements pflag.Value.
func (s *share) Type() string { return "share" }

// Set implements pflag.Value.
func (s *share) Set(text string) error {
	number, isPercent := strings.CutSuffix(strings.TrimSpace(text), "%")
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if isPercent {
		n /= 100
	}
	if err != nil || !(n >= 0 && n <= 100) || !isPercent && n >= 1 {
		return errors.New("want a percentage, as in 5%")
	}
	*s = share(n)
	return nil
}
