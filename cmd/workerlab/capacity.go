package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/workerlab/workerlab/experiments/preflight"
	"github.com/workerlab/workerlab/loadgen/capacity"
	"github.com/workerlab/workerlab/results/regress"
)

const capacityLong = `Capacity finds the highest rate of requests at which a server keeps its service-level objectives.

A closed sweep of 1, 2, 4 … clients comes first, to which the universal scalability law is fitted:
what one client reaches alone (λ), what waits its turn (σ), what it costs to agree (κ). Then an open
search, Poisson arrivals: the rate grows by half until the SLO breaks, and the gap is bisected to 3 %;
two of three probes decide. Three probes each at 0.9, 1.0 and 1.1 of it confirm the result.

The SLO is written p99=100ms, p95=50ms, errors<1%; several with commas between them. p99=100ms says
that at most 1 % of all requests take longer than 100 ms from the time they were meant to be sent, or
fail. Capacity is where the share of slow requests, fitted to all probes near the limit, meets what
the SLO allows; its interval comes from the scatter of the probes. Others at work on the machine are
noted, but nothing is repeated on their account.

With the default window it takes about two minutes, and no longer than --budget (3 minutes) and the
run then under way. Ctrl-C prints what is known by then.

Exit codes: 0 searched, whatever was found; 130 interrupted; 2 usage; 1 anything else, such as a
server that does not answer.`

const capacityExamples = `  workerlab serve -k gthread -w 2 --threads 8 &
  workerlab capacity 'http://127.0.0.1:8000/task?do=cpu:2ms' --slo p99=100ms

  # two objectives, a connection per request, a figure
  workerlab capacity http://127.0.0.1:8000/ --slo 'p50=20ms,errors<1%' --no-keepalive --figure capacity.svg`

type capacityFlags struct {
	slo            string
	window, budget seconds
	timeout        seconds
	connections    int
	noKeepAlive    bool
	sharedCores    bool
	method, body   string
	headers        []string
	seed           uint64
	json, progress bool
	figure         string
}

func newCapacityCommand() *cobra.Command {
	f := &capacityFlags{window: seconds(3 * time.Second), budget: seconds(3 * time.Minute)}
	cmd := &cobra.Command{
		Use:     "capacity URL",
		Short:   "the highest rate at which a server keeps its SLO",
		Long:    capacityLong,
		Example: capacityExamples,
		Args:    capacityArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.Context(), args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f.register(cmd)
	return cmd
}

func capacityArgs(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage(fmt.Errorf("capacity wants one URL, not %d arguments: workerlab capacity http://HOST:PORT/PATH --slo p99=100ms", len(args)))
	}
	return nil
}

func (f *capacityFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.slo, "slo", "", "what the server must keep, as in p99=100ms; required")
	flags.Var(&f.window, "window", "length of a probe at least; longer where requests are few")
	flags.Var(&f.budget, "budget", "after this no further probe is begun")
	flags.Var(&f.timeout, "timeout", "from the send to the answer's last byte (default: 20 times the SLO's longest limit, within 1 to 10 s)")
	flags.IntVar(&f.connections, "connections", 1000, "connections that may be open at once in the open search")
	flags.BoolVar(&f.noKeepAlive, "no-keepalive", false, "a connection per request")
	flags.StringVar(&f.method, "method", "", "HTTP method (default GET, with a body POST)")
	flags.StringVar(&f.body, "body", "", "request body: `TEXT`, or @FILE")
	flags.StringArrayVar(&f.headers, "header", nil, "header to send, as in `'Name: value'`; may be repeated")
	flags.Uint64Var(&f.seed, "seed", 1, "of everything random")
	flags.BoolVar(&f.sharedCores, "shared-cores", false, "server and generator share cores")
	flags.StringVar(&f.figure, "figure", "", "draw sweep and search to `FILE`, as SVG")
	flags.BoolVar(&f.json, "json", false, "print the result as JSON")
	flags.BoolVar(&f.progress, "progress", false, "tell the progress even where stderr is no terminal")
}

// A capacityRun is a search with what was asked for and what it found.
type capacityRun struct {
	url    string
	slo    capacity.SLO
	seed   uint64
	result *capacity.Result
	law    *regress.USLFit // nil: lawErr says why
	lawErr error
}

func (f *capacityFlags) run(ctx context.Context, url string, stdout, stderr io.Writer) error {
	slo, err := f.check()
	if err != nil {
		return usage(err)
	}
	prober, err := f.prober(url, slo)
	if err != nil {
		return usage(err)
	}
	warnOfStrangers(stderr, url)
	if err := prober.reach(ctx); err != nil {
		return err
	}
	notes, err := disturbances(ctx)
	if err != nil {
		return err
	}
	search := capacity.Search{
		Prober: prober, SLO: slo, Seed: f.seed,
		Window: time.Duration(f.window), Budget: time.Duration(f.budget),
	}
	stop := f.watch(&search, stderr)
	found, searchErr := search.Run(ctx)
	stop()
	found.Notes = append(notes, found.Notes...)
	run := capacityRun{url: url, slo: slo, seed: f.seed, result: found}
	run.law, run.lawErr = fitSweep(found.Levels)
	if err := errors.Join(f.print(stdout, run), f.draw(run)); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return exitError{errors.New("interrupted: the figures are of what was measured until then"), exitInterrupted}
	}
	return searchErr
}

// disturbances looks at this machine for a moment and says what others do on it. It says nothing where
// that cannot be read.
func disturbances(ctx context.Context) (notes []string, err error) {
	facts, err := preflight.Read(ctx)
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		return nil, nil
	case err != nil:
		return nil, err
	}
	if facts.Quiet.Foreign > preflight.MaxForeign {
		notes = append(notes, fmt.Sprintf("before the search others used %.2f of a core: on a quiet machine the capacity may be higher", facts.Quiet.Foreign))
	}
	if facts.Quiet.Steal > preflight.MaxSteal {
		notes = append(notes, fmt.Sprintf("before the search the hypervisor took %.2f of a core: at another hour the capacity may be higher", facts.Quiet.Steal))
	}
	return notes, nil
}

// check reads the flags. Its errors name the offending value and the remedy.
func (f *capacityFlags) check() (capacity.SLO, error) {
	if f.slo == "" {
		return capacity.SLO{}, errors.New("which objectives? --slo p99=100ms, or p99=100ms,errors<1%")
	}
	slo, err := capacity.ParseSLO(f.slo)
	switch {
	case err != nil:
		return slo, fmt.Errorf("--slo: %w", err)
	case f.window < seconds(100*time.Millisecond) || f.window > seconds(time.Hour):
		return slo, fmt.Errorf("--window %v: want from 100ms to an hour", time.Duration(f.window))
	case f.budget < f.window:
		return slo, fmt.Errorf("--budget %v: want at least the window of %v", time.Duration(f.budget), time.Duration(f.window))
	case f.figure != "" && !isFolder(filepath.Dir(f.figure)):
		return slo, fmt.Errorf("--figure %s: there is no folder %s", f.figure, filepath.Dir(f.figure))
	case f.connections < 1 || f.connections > maxClients:
		return slo, fmt.Errorf("--connections %d: want 1 to %d", f.connections, maxClients)
	}
	return slo, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// watch tells the progress of a search until the returned function is called.
func (f *capacityFlags) watch(s *capacity.Search, stderr io.Writer) (stop func()) {
	if !f.progress && !isTerminal(stderr) {
		return func() {}
	}
	line := newProgressLine(stderr)
	s.Observe = func(p capacity.Progress) { line.say(capacityProgress(p)) }
	return line.end
}

func capacityProgress(p capacity.Progress) string {
	text := fmt.Sprintf("run %d, about %v left  ", p.Runs+1, p.Left.Round(time.Second))
	switch p.Phase {
	case capacity.Sweep:
		return text + fmt.Sprintf("sweep: %d clients", p.Clients)
	case capacity.Hunt:
		text += fmt.Sprintf("search: %.4g/s", p.Rate)
	case capacity.Confirm:
		text += fmt.Sprintf("confirm: %.4g/s", p.Rate)
	default:
		return text + "done"
	}
	if p.High > 0 {
		return text + fmt.Sprintf(", between %.4g and %.4g/s", p.Low, p.High)
	}
	return text
}

// fitSweep fits the law to the levels at which anything was answered.
func fitSweep(levels []capacity.Level) (*regress.USLFit, error) {
	var loads []regress.Load
	for _, l := range levels {
		if l.Throughput > 0 {
			loads = append(loads, regress.Load{Block: l.Block, Clients: float64(l.Clients), Throughput: l.Throughput})
		}
	}
	return regress.FitUSL(loads, 0.95)
}

// draw writes the figure, if one is wanted and there is anything to see.
func (f *capacityFlags) draw(run capacityRun) error {
	if f.figure == "" || len(run.result.Levels) == 0 {
		return nil
	}
	figure := capacityChart(run)
	if err := figure.WriteSVG(f.figure); err != nil {
		return fmt.Errorf("--figure: %w", err)
	}
	return nil
}
