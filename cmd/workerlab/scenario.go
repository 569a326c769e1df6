package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/workerlab/workerlab/models/scenario"
	"github.com/workerlab/workerlab/models/scenario/file"
	"github.com/workerlab/workerlab/models/sim"
	"github.com/workerlab/workerlab/models/study"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/text"
)

const scenarioHelp = `
A scenario is a file like this one, or - for stdin; what is left out has the server's default:

  system: {class: gthread, workers: 2, threads: 4, gil: true, keepalive: 2s, timeout: 30s}
  cores: 2              # scheduler: ideal shares them equally at every instant; system.bias: 0 makes workers alike
  handler: [{cpu: 2ms}, {wait: 20ms, dist: exp}]
  load: {arrivals: poisson, rate: 100, duration: 60s, warmup: 5s, patience: 30s}
  overhead: {request: 100us, connection: 50us}
  seed: 1

Instead of a handler, mix: [{weight: 3, handler: […]}, …] has several. Steps vary by dist: fixed, exp, or
lognormal with its cv. A closed loop is load: {arrivals: closed, clients: 16, think: 1s}. Clients give up after
load.patience, which is 30s where it is left out, and 0s for those who never do.`

const simulateLong = `Carry a scenario out in virtual time and say what its clients see: throughput, response times and
failures, each with its 95 % interval over independent replications, of which there are as many as the
intervals need. An open load at or beyond the capacity is said to be, and not simulated.

--transient shows instead how a server fares from the beginning on, step by step, whether it can bear the load or
not: how many requests are in the server, how many are answered and given up, how long they take, how often
clients find the backlog full and workers are killed. It begins with an empty server, or with --initial requests
that wait; load.duration and load.warmup do not count.
` + scenarioHelp

const predictLong = `Say what closed forms make of a scenario: its throughput at saturation, what limits it, and the mean
response time. Where the queue has no exact answer it is an approximation, with the most that it was found to be
off by; and where that is more than 10 %, or no form has the queue, the command says why, and simulates.
` + scenarioHelp

// scenarioFlags are those of simulate and predict.
type scenarioFlags struct {
	format       string
	seed         uint64
	trace        string
	traced       int
	replications int
	transient    seconds
	steps        int
	initial      int
	figure       string
}

func newSimulateCommand() *cobra.Command {
	var f scenarioFlags
	cmd := &cobra.Command{
		Use:   "simulate SCENARIO",
		Short: "carry a scenario out in virtual time",
		Long:  simulateLong,
		Example: `  workerlab simulate scenario.yaml
  workerlab simulate scenario.yaml --trace trace.json     # and open it in ui.perfetto.dev
  workerlab simulate overload.yaml --transient 60s        # how the queue grows
  workerlab simulate scenario.yaml --transient 20s --initial 500 --steps 40 --figure course.svg
  echo '{handler: [{wait: 20ms}], load: {rate: 40}}' | workerlab simulate - --format json`,
		Args: oneScenario,
		RunE: func(cmd *cobra.Command, args []string) error { return f.simulate(cmd, args[0]) },
	}
	f.add(cmd)
	cmd.Flags().Uint64Var(&f.seed, "seed", 0, "of the random streams; 0: the scenario's")
	f.addReplications(cmd)
	cmd.Flags().Var(&f.transient, "transient", "show the course of the load from its beginning on, for so long")
	cmd.Flags().IntVar(&f.steps, "steps", 20, "of the course")
	cmd.Flags().IntVar(&f.initial, "initial", 0, "requests that wait when the course begins")
	cmd.Flags().StringVar(&f.figure, "figure", "", "draw the course to `FILE`, as SVG")
	cmd.Flags().StringVar(&f.trace, "trace", "", "write what became of the first requests of a replication, for Perfetto")
	cmd.Flags().IntVar(&f.traced, "trace-requests", 5000, "how many of them")
	return cmd
}

func newPredictCommand() *cobra.Command {
	var f scenarioFlags
	cmd := &cobra.Command{
		Use:     "predict SCENARIO",
		Short:   "say what closed forms make of a scenario",
		Long:    predictLong,
		Example: "  workerlab predict scenario.yaml\n  workerlab predict scenario.yaml --format csv",
		Args:    oneScenario,
		RunE:    func(cmd *cobra.Command, args []string) error { return f.predict(cmd, args[0]) },
	}
	f.add(cmd)
	f.addReplications(cmd)
	return cmd
}

func (f *scenarioFlags) addReplications(cmd *cobra.Command) {
	cmd.Flags().IntVar(&f.replications, "replications", 100, "of a simulation, at most; as few as 10 where they agree")
}

func (f *scenarioFlags) add(cmd *cobra.Command) {
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVar(&f.format, "format", "text", "text, json or csv")
}

func oneScenario(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage(fmt.Errorf("%s wants one scenario file, or - for stdin, got %d arguments", cmd.Name(), len(args)))
	}
	return nil
}

// read reads the scenario in a file, or on stdin.
func (f *scenarioFlags) read(cmd *cobra.Command, name string) (scenario.Scenario, error) {
	switch f.format {
	case "text", "json", "csv":
	default:
		return scenario.Scenario{}, usage(fmt.Errorf("--format %q: want text, json or csv", f.format))
	}
	in := cmd.InOrStdin()
	if name != "-" {
		opened, err := os.Open(name)
		if err != nil {
			return scenario.Scenario{}, usage(err)
		}
		defer func() { _ = opened.Close() }()
		in = opened
	}
	s, err := file.Parse(in)
	if err != nil {
		if name == "-" {
			name = "stdin"
		}
		return s, usage(fmt.Errorf("%s: %w", name, err))
	}
	return s, nil
}

func (f *scenarioFlags) predict(cmd *cobra.Command, name string) error {
	s, err := f.read(cmd, name)
	if err != nil {
		return err
	}
	line := newProgressLine(cmd.ErrOrStderr())
	r, err := study.Predict(cmd.Context(), &s, f.settings(line))
	line.end()
	if err != nil {
		return interrupted(cmd.Context(), err)
	}
	return f.print(cmd.OutOrStdout(), r, r.Note)
}

func (f *scenarioFlags) settings(line *progressLine) study.Settings {
	return study.Settings{Replications: f.replications, Progress: func(n, most int) {
		line.say(fmt.Sprintf("replication %d of %d at most", n, most))
	}}
}

func (f *scenarioFlags) simulate(cmd *cobra.Command, name string) error {
	s, err := f.read(cmd, name)
	if err != nil {
		return err
	}
	if f.seed != 0 {
		s.Seed = f.seed
	}
	if f.transient > 0 {
		return f.course(cmd, &s)
	}
	line := newProgressLine(cmd.ErrOrStderr())
	defer line.end()
	settings := f.settings(line)
	if err := f.check(cmd, &s, settings); err != nil {
		return usage(err)
	}
	if f.trace != "" {
		if err := f.writeTrace(cmd.Context(), &s); err != nil {
			return err
		}
	}
	r, err := study.Simulate(cmd.Context(), &s, settings)
	line.end()
	if err != nil {
		return interrupted(cmd.Context(), err)
	}
	return f.print(cmd.OutOrStdout(), r, r.Note)
}

func (f *scenarioFlags) check(cmd *cobra.Command, s *scenario.Scenario, settings study.Settings) error {
	for _, name := range []string{"steps", "initial", "figure"} {
		if cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s is of a course: add --transient 60s, or leave it out", name)
		}
	}
	if f.traced < 1 {
		return fmt.Errorf("--trace-requests %d: want 1 or more", f.traced)
	}
	if err := study.Unstable(s); err != nil {
		return err
	}
	return study.Check(s, settings)
}

// writeTrace writes what became of the first requests of one replication.
func (f *scenarioFlags) writeTrace(ctx context.Context, s *scenario.Scenario) error {
	trace := sim.Trace{Limit: f.traced}
	config, load := s.Simulation()
	if _, err := sim.Run(ctx, config, load, s.Seed, 0, &trace); err != nil {
		return interrupted(ctx, err)
	}
	return results.WriteFile(f.trace, trace.Write)
}

// print writes what a scenario came to as --format says.
func (f *scenarioFlags) print(w io.Writer, what interface {
	Text(io.Writer) error
	JSON() any
	CSV(io.Writer) error
}, note string,
) error {
	switch f.format {
	case "json":
		return writeJSON(w, what.JSON())
	case "csv":
		return what.CSV(w)
	}
	err := what.Text(w)
	text.Paragraph(w, note)
	return err
}
