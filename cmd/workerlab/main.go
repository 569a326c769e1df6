// Command workerlab is the lab for web-server worker models: it serves, attacks, measures and judges
// them. Run it without arguments for the list of its commands.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes, part of the command's contract.
const (
	exitOK          = 0
	exitInternal    = 1
	exitUsage       = 2
	exitRefuted     = 3
	exitUndecided   = 4
	exitInterrupted = 130
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole program with its surroundings as arguments, so that tests call it as users do.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return exitCode(root.ExecuteContext(ctx), stderr)
}

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "workerlab",
		Short:         "the lab for web-server worker models",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.AddCommand(commands()...)
	return root
}

// A usageError is the caller's mistake: it exits with 2. What it wraps names the offending value
// and the remedy, in one line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// usage marks err as the caller's mistake.
func usage(err error) error { return usageError{err} }

// usagef is usage of a formatted error.
func usagef(format string, args ...any) error { return usage(fmt.Errorf(format, args...)) }

// An exitError ends the program with a code of its own, after its message if it has one.
type exitError struct {
	error
	code int
}

func (e exitError) Unwrap() error { return e.error }

func exitCode(err error, stderr io.Writer) int {
	if err == nil {
		return exitOK
	}
	var exit exitError
	var bad usageError
	if !errors.As(err, &exit) || exit.error != nil {
		fmt.Fprintln(stderr, "workerlab:", err)
	}
	switch {
	case errors.As(err, &exit):
		return exit.code
	case errors.As(err, &bad):
		return exitUsage
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	return exitInternal
}
