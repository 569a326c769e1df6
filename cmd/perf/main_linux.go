// Command perf measures how fast the server is and prints it as ratios: against net/http, and against
// loops that do nothing but what the kernel demands of any server. `make perf` runs it.
//
//	perf --server bin/workerlab [--blocks 7] [--seconds 2] [--seed 1] [--json]
//
// The server has one core and the generator, wrk, another. Every server meets the same load once a
// block, in an order drawn anew for each block, freshly started each time; a ratio is taken within a
// block, where the host was the same for both, and reported as the median over the blocks with a
// distribution-free interval. The figures are this host's; the ratios travel better.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/workerlab/workerlab/cmd/perf/reference"
)

func main() {
	err := run(os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(os.Stderr, "perf: interrupted")
		os.Exit(130)
	default:
		fmt.Fprintln(os.Stderr, "perf:", err)
		os.Exit(1)
	}
}

// run measures, unless args say that this process is one of those that are measured.
func run(args []string, stdout, stderr io.Writer) error {
	if len(args) > 0 {
		switch args[0] {
		case "reference":
			if len(args) != 2 {
				return fmt.Errorf("usage: perf reference NAME, one of %q", reference.Names())
			}
			return reference.Serve(args[1], slog.New(slog.NewJSONHandler(stderr, nil)))
		case "pin":
			return pin(args[1:])
		case "allocations":
			return printAllocations(args[1:], stdout)
		}
	}
	opts, err := parse(args, stderr)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return measure(ctx, opts, stdout, stderr)
}

// Options of a measurement.
type options struct {
	Server string        // path of the workerlab binary
	Blocks int           // how often every cell is measured
	Window time.Duration // of one measurement, whole seconds
	Seed   uint64        // of the order within the blocks
	JSON   bool          // the report as JSON instead of tables
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	var seconds int
	flags := flag.NewFlagSet("perf", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.Server, "server", "bin/workerlab", "the workerlab `binary` to measure")
	flags.IntVar(&o.Blocks, "blocks", 7, "how often every server is measured")
	flags.IntVar(&seconds, "seconds", 2, "how long one measurement takes")
	flags.Uint64Var(&o.Seed, "seed", 1, "of the order in which servers are measured")
	flags.BoolVar(&o.JSON, "json", false, "print the report as JSON")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case o.Blocks < 1 || seconds < 1:
		return o, errors.New("--blocks and --seconds must be at least 1")
	}
	o.Window = time.Duration(seconds) * time.Second
	return o, nil
}
