package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/workerlab/workerlab/experiments/accuracy"
	"github.com/workerlab/workerlab/experiments/calibrate"
	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/experiments/systems"
	"github.com/workerlab/workerlab/results/host"
	"github.com/workerlab/workerlab/results/text"
	"github.com/workerlab/workerlab/server/task"
)

const accuracyLong = `Hold the predictions of workerlab plan to real servers: calibrate a deployment by the few runs that plan
makes, predict sizes and loads that were not among them, measure those, and print the errors beside what
is asked of them. Deployments are our own lab app, and the same demands in Python under gunicorn: plain
WSGI, Django and Flask, three handlers each, from work alone to mostly waiting.

With --out the results are written whenever a handler of a deployment is complete; what the folder holds
already, of the same settings, is not measured again: of that only the predictions are made anew, by the
model as it is now.

With --exact no server is needed: queues whose answers are known are simulated and predicted, and the command
fails where the simulator is off them, or a prediction by more than it says.

Exit codes: 0 done, whatever was reached; 130 interrupted; 2 usage; 1 anything else.`

type accuracyFlags struct {
	deployments []string
	handlers    []string
	repetitions int
	window      seconds
	seed        uint64
	out         string
	json        bool
	only        bool // the queues whose answers are known
}

func newAccuracyCommand() *cobra.Command {
	f := &accuracyFlags{window: seconds(3 * time.Second)}
	cmd := &cobra.Command{
		Use:     "accuracy",
		Short:   "hold the predictions to real servers",
		Long:    accuracyLong,
		Example: "  workerlab accuracy --deployments workerlab --repetitions 1\n  workerlab accuracy --out results/runs/accuracy\n  workerlab accuracy --exact      # a dozen queues, in some minutes, without a server",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.only {
				return holdQueues(cmd, f.json)
			}
			return f.run(cmd)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringSliceVar(&f.deployments, "deployments", deploymentNames(), "some of "+strings.Join(deploymentNames(), ","))
	flags.StringSliceVar(&f.handlers, "handlers", handlerNames(accuracy.Handlers()), "some of "+strings.Join(handlerNames(accuracy.Handlers()), ","))
	flags.IntVar(&f.repetitions, "repetitions", 3, "of each cell")
	flags.Var(&f.window, "window", "of each run")
	flags.Uint64Var(&f.seed, "seed", 1, "of arrivals and simulations")
	flags.StringVar(&f.out, "out", "", "folder for accuracy.json and accuracy.md")
	flags.BoolVar(&f.json, "json", false, "print everything as JSON")
	flags.BoolVar(&f.only, "exact", false, "hold the simulator to queues whose answers are known, and no server to anything")
	return cmd
}

func handlerNames(handlers []accuracy.Handler) (names []string) {
	for _, h := range handlers {
		names = append(names, h.Name)
	}
	return names
}

// chosen are the handlers asked for.
func (f *accuracyFlags) chosen() (handlers []accuracy.Handler, err error) {
	all := accuracy.Handlers()
	names := handlerNames(all)
	for _, name := range f.handlers {
		i := slices.Index(names, name)
		if i < 0 {
			return nil, usage(fmt.Errorf("unknown handler %q: want some of %s", name, strings.Join(names, ",")))
		}
		handlers = append(handlers, all[i])
	}
	return handlers, nil
}

func deploymentNames() []string { return []string{"workerlab", "gunicorn", "django", "flask"} }

func (f *accuracyFlags) run(cmd *cobra.Command) (err error) {
	if f.repetitions < 1 {
		return usage(fmt.Errorf("--repetitions %d: want 1 or more", f.repetitions))
	}
	handlers, err := f.chosen()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "workerlab-accuracy")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	settings := accuracy.Settings{
		Cores: host.Read().Processors(), Window: time.Duration(f.window), Seed: f.seed, Handlers: handlers, Repetitions: f.repetitions,
	}
	if settings.Done, err = f.before(settings); err != nil {
		return err
	}
	line := newProgressLine(cmd.ErrOrStderr())
	defer line.end()
	line.say("measuring this machine's speed")
	deployments, err := f.make(cmd.Context(), dir)
	if err != nil {
		return err
	}
	line.say("simulating queues whose answers are known")
	exact, err := accuracy.Exact(cmd.Context()) // the engine's own row
	if err != nil {
		return interrupted(cmd.Context(), err)
	}
	if len(settings.Done) > 0 {
		line.say("predicting anew what was measured before")
	}
	file := func(all []accuracy.Subject) accuracy.File { return accuracy.NewFile(settings.Kind(), exact, all) }
	began := time.Now()
	settings.Progress = func(n, of int, what string) {
		left := time.Since(began) * time.Duration(of-n) / time.Duration(max(1, n-1))
		line.say(fmt.Sprintf("[%*d/%d] %v left  %s", len(fmt.Sprint(of)), n, of, left.Round(time.Second), what))
	}
	if f.out != "" {
		settings.Keep = func(all []accuracy.Subject) error { return file(all).Store(f.out) }
	}
	all, err := accuracy.Run(cmd.Context(), deployments, settings)
	line.end()
	if err != nil {
		return interrupted(cmd.Context(), err)
	}
	return f.tell(cmd.OutOrStdout(), file(all))
}

// before are the subjects that the folder holds.
func (f *accuracyFlags) before(s accuracy.Settings) ([]accuracy.Subject, error) {
	if f.out == "" {
		return nil, nil
	}
	subjects, err := accuracy.Read(f.out, s.Kind())
	if other := (*accuracy.KindError)(nil); errors.As(err, &other) {
		return nil, usagef("--out %s %w", f.out, other)
	}
	return subjects, err
}

// make are the deployments asked for, with the lab application in a folder.
func (f *accuracyFlags) make(ctx context.Context, dir string) (all []accuracy.Deployment, err error) {
	for _, name := range f.deployments {
		if !slices.Contains(deploymentNames(), name) {
			return nil, usage(fmt.Errorf("unknown deployment %q: want some of %s", name, strings.Join(deploymentNames(), ",")))
		}
	}
	var app calibrate.Command
	if slices.ContainsFunc(f.deployments, func(name string) bool { return name != "workerlab" }) {
		if app, err = labUnderGunicorn(ctx, dir); err != nil {
			return nil, err
		}
	}
	for _, name := range f.deployments {
		command := app
		switch name {
		case "workerlab":
			self, err := os.Executable()
			if err != nil {
				return nil, err
			}
			rate := strconv.FormatFloat(task.Calibrate(500*time.Millisecond).Rate, 'f', -1, 64)
			command = calibrate.Command{Args: []string{self, "serve", "lab", "--gil", "--cpu-rate", rate, "--log-level", "error"}}
		case "gunicorn":
			command.Args = append(slices.Clone(app.Args), "lab:application")
		default:
			command.Args = append(slices.Clone(app.Args), "lab:"+name+"_application")
		}
		all = append(all, accuracy.Deployment{Name: name, Command: command})
	}
	return all, nil
}

// labUnderGunicorn is a gunicorn that serves the lab application, which knows this machine's speed. The
// application is still to be named.
func labUnderGunicorn(ctx context.Context, dir string) (calibrate.Command, error) {
	software := systems.Calibrator()
	if _, err := software.Version(ctx); err != nil {
		return calibrate.Command{}, err
	}
	rate, err := software.Calibrate(ctx, launch.Cores{})
	if err != nil {
		return calibrate.Command{}, err
	}
	return calibrate.Command{
		Args: []string{"gunicorn", "--log-level", "warning"}, Dir: dir,
		Env: []string{"LAB_RATE=" + strconv.FormatFloat(rate, 'f', -1, 64)},
	}, systems.WriteLab(dir)
}

func (f *accuracyFlags) tell(w io.Writer, file accuracy.File) error {
	if f.json {
		return writeJSON(w, file)
	}
	for _, r := range file.Rows {
		text.Paragraph(w, fmt.Sprintf("%-7s %s: %s (wanted: %s)", r.Mark(), r.What, r.Reached, r.Goal))
	}
	return nil
}
