package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/workerlab/workerlab/loadgen"
)

const attackHelp = `Attack sends HTTP requests to a URL and reports what became of each of them.

An open loop sends at the times of a schedule, whether or not answers come, as users do who know
nothing of each other; a closed loop is a number of clients that each wait for their answer before
they send again. Two latencies are told: service time, from the actual send, and response time, from
the time at which the schedule wanted it sent. Response time is the one to quote.

Nothing is retried and no redirect is followed. A run whose figures cannot be believed is marked
INVALID, with the reason. Where nobody listens the exit code is 1.`

const attackExamples = `  # 100 requests/s at random times, for 10 s after 2 s of warm-up
  workerlab attack http://127.0.0.1:8000/ --rate 100 --arrivals poisson

  # 8 clients that think for half a second, on average, between answer and next request
  workerlab attack http://127.0.0.1:8000/ --clients 8 --think exp:500ms

  # a connection per request, at the times in a log's column, as JSON
  workerlab attack http://127.0.0.1:8000/ --no-keepalive --replay log.csv --column at --json

  # the same server 20 ms away, by a connection each and by kept ones
  workerlab attack http://127.0.0.1:8000/ --clients 8 --rtt 20ms --no-keepalive
  workerlab attack http://127.0.0.1:8000/ --clients 8 --rtt 20ms

  # uploads of 1 MB
  workerlab attack http://127.0.0.1:8000/echo --rate 20 --body-size 1MB`

// attackFlags is the command line of attack as it was written.
type attackFlags struct {
	arrivals, replay, column, think string
	rate                            float64
	duration, warmup, timeout, rtt  seconds
	clients, connections            int
	noKeepAlive, sharedCores        bool
	method, body                    string
	bodySize                        size
	headers                         []string
	seed                            uint64
	json, progress                  bool

	given func(flag string) bool // reports whether a flag was on the command line
}

func newAttackCommand() *cobra.Command {
	f := &attackFlags{
		duration: seconds(10 * time.Second),
		warmup:   seconds(2 * time.Second),
		timeout:  seconds(10 * time.Second),
	}
	cmd := &cobra.Command{
		Use:     "attack URL",
		Short:   "one load run, with honest latencies",
		Long:    attackHelp,
		Example: attackExamples,
		Args:    attackArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.Context(), args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f.given = func(flag string) bool { return cmd.Flags().Changed(flag) }
	f.register(cmd)
	return cmd
}

func attackArgs(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage(fmt.Errorf("attack wants one URL, not %d arguments: workerlab attack http://HOST:PORT/PATH --rate 100", len(args)))
	}
	return nil
}

func (f *attackFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.Float64Var(&f.rate, "rate", 0, "requests per second of an open loop")
	flags.StringVar(&f.arrivals, "arrivals", "", "constant, poisson, closed or replay (default: what the other flags imply)")
	flags.IntVar(&f.clients, "clients", 0, "clients of a closed loop")
	flags.StringVar(&f.think, "think", "", "what a client waits before each request: `TIME`, or exp:TIME for exponential times of that mean")
	flags.StringVar(&f.replay, "replay", "", "send at the offsets in `FILE`, in seconds, one per line")
	flags.StringVar(&f.column, "column", "", "the `NAME` of the column that holds the offsets: the replay file is CSV")
	flags.Var(&f.duration, "duration", "length of the measured window; of a replay: all of it")
	flags.Var(&f.warmup, "warmup", "load sent before the window and discarded")
	flags.IntVar(&f.connections, "connections", 0, "connections that may be open at once (default: 64, in a closed loop one per client)")
	flags.BoolVar(&f.noKeepAlive, "no-keepalive", false, "a connection per request")
	flags.Var(&f.timeout, "timeout", "from the send to the answer's last byte")
	flags.Var(&f.rtt, "rtt", "emulated distance: every request takes so much longer, and again where it opens a connection")
	flags.StringVar(&f.method, "method", "", "HTTP method (default GET, with a body POST)")
	flags.StringVar(&f.body, "body", "", "request body: `TEXT`, or @FILE")
	flags.Var(&f.bodySize, "body-size", "a request body of that many bytes")
	flags.StringArrayVar(&f.headers, "header", nil, "header to send, as in `'Name: value'`; may be repeated")
	flags.Uint64Var(&f.seed, "seed", 1, "of everything random")
	flags.BoolVar(&f.sharedCores, "shared-cores", false, "server and generator share cores: judge lag by its part in the p99")
	flags.BoolVar(&f.json, "json", false, "print the whole report as JSON")
	flags.BoolVar(&f.progress, "progress", false, "tell the progress even where stderr is no terminal")
}

func (f *attackFlags) run(ctx context.Context, url string, stdout, stderr io.Writer) error {
	load, err := f.load(url)
	if err != nil {
		return usage(err)
	}
	warnOfStrangers(stderr, url)
	stop := f.watch(load.attack, stderr)
	report, err := load.attack.Run(ctx)
	stop()
	if report == nil {
		return err
	}
	if err := f.print(stdout, load, report); err != nil {
		return err
	}
	if report.Interrupted {
		return exitError{fmt.Errorf("interrupted after %v of %v: the figures are of what was measured until then",
			report.Window.Round(time.Millisecond), load.attack.Duration), exitInterrupted}
	}
	if report.Sent > 0 && report.Failures[loadgen.FailRefused] == report.Sent {
		return fmt.Errorf("nobody listens at %s: every connection was refused", load.attack.Targets[0].URL)
	}
	return err
}

// warnOfStrangers says a word where the target is not this machine.
func warnOfStrangers(stderr io.Writer, raw string) {
	u, err := loadgen.CheckURL(raw)
	if err != nil || u.Hostname() == "localhost" {
		return
	}
	if ip := net.ParseIP(u.Hostname()); ip == nil || !ip.IsLoopback() {
		fmt.Fprintf(stderr, "warning: %s is not this machine; load only servers that are yours\n", u.Hostname())
	}
}

// watch tells the progress of an attack until the returned function is called.
func (f *attackFlags) watch(a *loadgen.Attack, stderr io.Writer) (stop func()) {
	if !f.progress && !isTerminal(stderr) {
		return func() {}
	}
	var answered, failed atomic.Uint64
	a.Observe = func(s loadgen.Sample) {
		if s.Failure == "" {
			answered.Add(1)
		} else {
			failed.Add(1)
		}
	}
	line := newProgressLine(stderr)
	begin, total := time.Now(), a.Warmup+a.Duration
	return repeat(200*time.Millisecond, func() {
		line.say(fmt.Sprintf("%v of %v: %d answered, %d failed",
			time.Since(begin).Round(100*time.Millisecond), total, answered.Load(), failed.Load()))
	}, line.end)
}

// repeat calls do at once and every period, until the returned function is called; that calls last.
func repeat(period time.Duration, do, last func()) (stop func()) {
	var working sync.WaitGroup
	done := make(chan struct{})
	working.Go(func() {
		ticker := time.NewTicker(period)
		defer ticker.Stop()
		for {
			do()
			select {
			case <-ticker.C:
			case <-done:
				last()
				return
			}
		}
	})
	return func() {
		close(done)
		working.Wait()
	}
}
