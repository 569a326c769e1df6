// Command perf measures how fast the server is and prints it as ratios: against net/http, and against
// loops that do nothing but what the kernel demands of any server. `make perf` runs it. Other suites do so with
// the hosting of WSGI applications and with the simulator.
//
//	perf --server bin/workerlab [--suite core|wsgi|sim] [--blocks 7] [--seconds 2] [--seed 1] [--json]
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
		case "allocations":
			return printAllocations(args[1:], stdout)
		case "simulate":
			return printSimulation(args[1:], stdout)
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
