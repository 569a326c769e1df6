package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/workerlab/workerlab/models/des"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/models/scenario"
	"github.com/workerlab/workerlab/models/scenario/file"
	"github.com/workerlab/workerlab/models/sim"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
)

const scenarioHelp = `
A scenario is a file like this one, or - for stdin; what is left out has the server's default:

  system: {class: gthread, workers: 2, threads: 4, gil: true, keepalive: 2s, timeout: 30s}
  cores: 2              # scheduler: ideal shares them equally at every instant; system.bias: 0 makes workers alike
  handler: [{cpu: 2ms}, {wait: 20ms, dist: exp}]
  load: {arrivals: poisson, rate: 100, duration: 60s, warmup: 5s}
  overhead: {request: 100us, connection: 50us}
  seed: 1

Instead of a handler, mix: [{weight: 3, handler: […]}, …] has several. Steps vary by dist: fixed, exp, or
lognormal with its cv. A closed loop is load: {arrivals: closed, clients: 16, think: 1s}.`

const simulateLong = `Carry a scenario out in virtual time and say what its clients see: throughput, response times and
failures, each with its 95 % interval over independent replications, of which there are as many as the
intervals need. An open load at or beyond the capacity is said to be, and not simulated.
` + scenarioHelp

const predictLong = `Say what the closed form of the worker class makes of a scenario: its throughput at saturation, what
limits it, and for an open load the mean response time.
` + scenarioHelp

// scenarioFlags are those of simulate and predict.
type scenarioFlags struct {
	format       string
	seed         uint64
	trace        string
	traced       int
	replications int
}

func newSimulateCommand() *cobra.Command {
	var f scenarioFlags
	cmd := &cobra.Command{
		Use:   "simulate SCENARIO",
		Short: "carry a scenario out in virtual time",
		Long:  simulateLong,
		Example: `  workerlab simulate scenario.yaml
  workerlab simulate scenario.yaml --trace trace.json     # and open it in ui.perfetto.dev
  echo '{handler: [{wait: 20ms}], load: {rate: 40}}' | workerlab simulate - --format json`,
		Args: oneScenario,
		RunE: func(cmd *cobra.Command, args []string) error { return f.simulate(cmd, args[0]) },
	}
	f.add(cmd)
	cmd.Flags().Uint64Var(&f.seed, "seed", 0, "of the random streams; 0: the scenario's")
	cmd.Flags().IntVar(&f.replications, "replications", 100, "at most; as few as 10 where they agree")
	cmd.Flags().StringVar(&f.trace, "trace", "", "write what became of the first requests of a replication, for Perfetto")
	cmd.Flags().IntVar(&f.traced, "trace-requests", 5000, "how many of them")
	return cmd
}

func newPredictCommand() *cobra.Command {
	var f scenarioFlags
	cmd := &cobra.Command{
		Use:     "predict SCENARIO",
		Short:   "say what the closed form makes of a scenario",
		Long:    predictLong,
		Example: "  workerlab predict scenario.yaml\n  workerlab predict scenario.yaml --format csv",
		Args:    oneScenario,
		RunE:    func(cmd *cobra.Command, args []string) error { return f.predict(cmd, args[0]) },
	}
	f.add(cmd)
	return cmd
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

// A figure is a value with its unit, as the scenario's commands print it.
type figure struct {
	Name  string
	Value stat.Interval // without confidence where it is a closed form's
	Unit  string
}

func (f *scenarioFlags) predict(cmd *cobra.Command, name string) error {
	s, err := f.read(cmd, name)
	if err != nil {
		return err
	}
	p := s.Predict()
	figures := []figure{{"throughput at saturation", stat.Interval{Estimate: p.Throughput}, "requests/s"}}
	note := fmt.Sprintf("limited by the %s", p.Limit)
	if s.Load.Rate > 0 {
		figures = append(figures, figure{"load", stat.Interval{Estimate: s.Load.Rate / p.Throughput}, "share"})
		if err := stable(&s); err != nil {
			note = err.Error()
		} else {
			figures = append(figures, figure{"mean response", stat.Interval{Estimate: p.Response}, "seconds"})
		}
	}
	return f.print(cmd.OutOrStdout(), "predicted", figures, note)
}

// stable reports an open load that the server cannot bear, with what it can.
func stable(s *scenario.Scenario) error {
	p := s.Predict()
	if s.Load.Rate < p.Throughput*(1-1e-9) { // a closed form is as exact as the logarithms in it
		return nil
	}
	return fmt.Errorf("%g requests/s are offered and at most %.4g can be served, limited by the %s: the queue grows for as long as the load lasts. Lower load.rate, or take more %s", s.Load.Rate, p.Throughput, p.Limit, map[string]string{
		"cores": "cores", "lock": "workers, each with a lock of its own", "workers": "workers",
	}[p.Limit])
}

func (f *scenarioFlags) simulate(cmd *cobra.Command, name string) error {
	s, err := f.read(cmd, name)
	if err != nil {
		return err
	}
	if s.Load.Rate > 0 {
		if err := stable(&s); err != nil {
			return usage(err)
		}
	}
	switch n := s.Requests(); {
	case f.replications < 2:
		return usage(fmt.Errorf("--replications %d: an interval wants 2 at least", f.replications))
	case f.traced < 1:
		return usage(fmt.Errorf("--trace-requests %d: want 1 or more", f.traced))
	case n > mostSimulated:
		whole := s.WarmUp + s.Window
		return usage(fmt.Errorf("load.warmup and load.duration are %v together: about %.2g requests, and a replication has at most %.0g: want %v or less",
			whole, n, float64(mostSimulated), time.Duration(float64(whole)*mostSimulated/n).Truncate(time.Millisecond)))
	}
	if f.seed != 0 {
		s.Seed = f.seed
	}
	if f.trace != "" {
		if err := f.writeTrace(cmd.Context(), &s); err != nil {
			return err
		}
	}
	began := time.Now()
	r, err := f.replicate(cmd, &s)
	if err != nil {
		return interrupted(cmd.Context(), err)
	}
	note := fmt.Sprintf("%d replications of %v, %.3g requests in %v", r.n, s.Window, float64(r.requests), time.Since(began).Round(time.Millisecond))
	return f.print(cmd.OutOrStdout(), "simulated", r.figures, note+unsettled(&s)+elsewhere(&s))
}

// unsettled says where a replication is too short for the queue of an open load to settle: then its mean says more of
// the empty server that it begins with than of the load.
func unsettled(s *scenario.Scenario) string {
	if s.Load.Rate == 0 {
		return ""
	}
	capacity := s.Predict().Throughput
	takes := time.Duration(queueing.Relaxation(s.Load.Rate, capacity) * float64(time.Second))
	if 10*takes <= s.WarmUp+s.Window {
		return ""
	}
	return fmt.Sprintf("; warning: at %.3g %% of the capacity a queue takes about %v to settle, so a replication should take %v at least (load.warmup and load.duration)",
		100*s.Load.Rate/capacity, takes.Round(time.Second), (10 * takes).Round(time.Second))
}

// elsewhere says which constants of the simulation were fitted on another number of cores.
func elsewhere(s *scenario.Scenario) (note string) {
	config, _ := s.Simulation()
	for _, c := range config.Fitted() {
		note += fmt.Sprintf("; %s: %g was fitted on %d cores, on %d it is from %g to %g", c.Name, c.Estimate, c.Cores, config.Cores, c.Low, c.High)
	}
	return note
}

// mostSimulated is how many requests a replication may have: it keeps the response of each.
const mostSimulated = 10_000_000

// replicated is what all replications say.
type replicated struct {
	figures  []figure
	n        int
	requests int
}

// replicate runs replications until the mean is known to 2 % and the 99th percentile to 5 %.
func (f *scenarioFlags) replicate(cmd *cobra.Command, s *scenario.Scenario) (replicated, error) {
	const confidence = 0.95
	line := newProgressLine(cmd.ErrOrStderr())
	defer line.end()
	least := min(10, f.replications)
	values := []struct {
		name, unit string
		relative   float64
		of         func(*sim.Result) float64
	}{
		{"throughput", "requests/s", 0.02, func(r *sim.Result) float64 { return r.Throughput }},
		{"mean response", "seconds", 0.02, func(r *sim.Result) float64 { return r.Mean().Seconds() }},
		{"p50", "seconds", 0.05, func(r *sim.Result) float64 { return r.Quantile(0.50).Seconds() }},
		{"p95", "seconds", 0.05, func(r *sim.Result) float64 { return r.Quantile(0.95).Seconds() }},
		{"p99", "seconds", 0.05, func(r *sim.Result) float64 { return r.Quantile(0.99).Seconds() }},
		{"utilisation of the cores", "share", math.Inf(1), func(r *sim.Result) float64 { return r.Utilisation }},
		{"failed", "share", math.Inf(1), func(r *sim.Result) float64 { return float64(r.Failed) / float64(max(1, r.Planned)) }},
		{"workers replaced", "", math.Inf(1), func(r *sim.Result) float64 { return float64(r.Restarts) }},
	}
	var out replicated
	var goals []des.Goal
	for _, v := range values {
		goals = append(goals, des.Goal{Confidence: confidence, Relative: v.relative, Least: least, Most: f.replications})
	}
	config, load := s.Simulation()
	estimates, err := des.Replications(goals, func(n uint64) ([]float64, error) {
		line.say(fmt.Sprintf("replication %d of %d at most", n+1, f.replications))
		r, err := sim.Run(cmd.Context(), config, load, s.Seed, n, nil)
		got := make([]float64, len(values))
		for i, v := range values {
			got[i] = v.of(&r)
		}
		out.n++
		out.requests += r.Planned
		return got, err
	})
	for i, e := range estimates {
		e.Low = max(0, e.Low)
		out.figures = append(out.figures, figure{values[i].name, e, values[i].unit})
	}
	return out, err
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

// print writes the figures.
func (f *scenarioFlags) print(w io.Writer, origin string, figures []figure, note string) error {
	switch f.format {
	case "json":
		return writeJSON(w, scenarioJSON(origin, figures, note))
	case "csv":
		return writeFigures(w, origin, figures)
	}
	for _, x := range figures {
		fmt.Fprintf(w, "%-26s %s\n", x.Name, stat.FormatInterval(x.Value, x.Unit))
	}
	paragraph(w, note)
	return nil
}

type figureJSON struct {
	Name  string   `json:"name"`
	Value *float64 `json:"value"`
	Low   *float64 `json:"low,omitempty"`
	High  *float64 `json:"high,omitempty"`
	Unit  string   `json:"unit,omitempty"`
}

func scenarioJSON(origin string, figures []figure, note string) any {
	out := struct {
		Origin  string       `json:"origin"`
		Figures []figureJSON `json:"figures"`
		Note    string       `json:"note"`
	}{Origin: origin, Note: note}
	for _, x := range figures {
		j := figureJSON{Name: x.Name, Value: finite(x.Value.Estimate), Unit: x.Unit}
		if i := x.Value; i.Confidence > 0 {
			j.Low, j.High = finite(i.Low), finite(i.High)
		}
		out.Figures = append(out.Figures, j)
	}
	return out
}

func finite(x float64) *float64 {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return nil
	}
	return &x
}

func writeFigures(w io.Writer, origin string, figures []figure) error {
	out := csv.NewWriter(w)
	err := out.Write([]string{"origin", "name", "value", "low", "high", "unit"})
	for _, x := range figures {
		row := []string{origin, x.Name, number(x.Value.Estimate), "", "", x.Unit}
		if i := x.Value; i.Confidence > 0 {
			row[3], row[4] = number(i.Low), number(i.High)
		}
		err = errors.Join(err, out.Write(row))
	}
	out.Flush()
	return errors.Join(err, out.Error())
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', 8, 64) }
