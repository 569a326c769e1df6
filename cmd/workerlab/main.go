// Command workerlab is the lab for web-server worker models: it serves, attacks, measures and judges
// them. Run it without arguments for the list of its commands.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/workerlab/workerlab/experiments/bench"
	"github.com/workerlab/workerlab/results/host"
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
		Version:       version(host.Read()),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.Args = unknownCommand
	root.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	for _, cmd := range commands() {
		cmd.Args = argumentErrors(cmd.Args)
		root.AddCommand(cmd)
	}
	return root
}

// version says which program this is: its version, the commit it was built from, Go and the platform.
func version(h host.Host) string {
	commit := cmp.Or(h.Revision, "not known")
	if h.Modified {
		commit += " with changes"
	}
	return fmt.Sprintf("%s (commit %s), %s, %s/%s", cmp.Or(h.Version, "(devel)"), commit, h.Go, h.OS, h.Arch)
}

// unknownCommand refuses what would be a command's name.
func unknownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := fmt.Errorf("unknown command %q; see workerlab --help", args[0])
	if near := root.SuggestionsFor(args[0]); len(near) > 0 {
		err = fmt.Errorf("unknown command %q: did you mean %s?", args[0], near[0])
	}
	return usage(err)
}

// argumentErrors makes the wrong number of arguments the caller's mistake.
func argumentErrors(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if check == nil {
			return nil
		}
		if err := check(cmd, args); err != nil {
			return usage(err)
		}
		return nil
	}
}

// flagError says in a user's words what is wrong with a flag.
func flagError(cmd *cobra.Command, err error) error {
	see := fmt.Sprintf("; see %s --help", cmd.CommandPath())
	if bad, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		flag, want := bad.GetFlag(), bad.Unwrap().Error()
		if plain, ok := plainTypes[flag.Value.Type()]; ok {
			want = "want " + plain
		}
		return usage(fmt.Errorf("--%s %q: %s%s", flag.Name, bad.GetValue(), want, see))
	}
	return usage(fmt.Errorf("%w%s", err, see))
}

// plainTypes names, as a person would, the types of flags whose own errors speak of Go's parsers.
var plainTypes = map[string]string{
	"int": "a whole number", "int64": "a whole number",
	"uint": "a whole number from 0 up", "uint64": "a whole number from 0 up",
	"float64": "a number", "duration": "a duration such as 500ms or 10s", "bool": "true or false",
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
	switch {
	case errors.As(err, &exit) && exit.error == nil:
	case !errors.As(err, &exit) && errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "workerlab: interrupted")
	default:
		fmt.Fprintln(stderr, "workerlab:", err)
	}
	switch {
	case errors.As(err, &exit):
		return exit.code
	case errors.As(err, &bad), errors.As(err, new(*bench.MistakeError)):
		return exitUsage
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	return exitInternal
}

// interrupted names the cause of an end by Ctrl-C, which has an exit code of its own, and passes other errors on.
func interrupted(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return exitError{errors.New("interrupted"), exitInterrupted}
	}
	return err
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
