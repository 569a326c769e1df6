package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/workerlab/workerlab/experiments/accuracy"
	"github.com/workerlab/workerlab/experiments/calibrate"
	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/experiments/systems"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/host"
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

	exact accuracy.Row // the engine's own
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
	done, err := f.before()
	if err != nil {
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
	if f.exact, err = accuracy.Exact(cmd.Context()); err != nil {
		return interrupted(cmd.Context(), err)
	}
	if len(done) > 0 {
		line.say("predicting anew what was measured before")
	}
	began := time.Now()
	all, err := accuracy.Run(cmd.Context(), deployments, accuracy.Settings{
		Plan:     calibrate.Plan{Cores: machineCores(), Window: time.Duration(f.window), Seed: f.seed},
		Handlers: handlers, Repetitions: f.repetitions, Done: done, Keep: f.keep,
		Progress: func(n, of int, what string) {
			left := time.Since(began) * time.Duration(of-n) / time.Duration(max(1, n-1))
			line.say(fmt.Sprintf("[%*d/%d] %v left  %s", len(fmt.Sprint(of)), n, of, left.Round(time.Second), what))
		},
	})
	line.end()
	if err != nil {
		return interrupted(cmd.Context(), err)
	}
	return f.tell(cmd.OutOrStdout(), all)
}

// An accuracyFile is accuracy.json.
type accuracyFile struct {
	Host     host.Host          `json:"host"`
	Settings accuracySettings   `json:"settings"`
	Rows     []accuracy.Row     `json:"rows"`
	Subjects []accuracy.Subject `json:"subjects"`
}

// accuracySettings are those under which results are of one kind.
type accuracySettings struct {
	Cores         int     `json:"cores"`
	Repetitions   int     `json:"repetitions"`
	WindowSeconds float64 `json:"window_seconds"`
	Seed          uint64  `json:"seed"`
}

func (f *accuracyFlags) settings() accuracySettings {
	return accuracySettings{machineCores(), f.repetitions, time.Duration(f.window).Seconds(), f.seed}
}

const accuracyJSON = "accuracy.json"

// before are the subjects that the folder holds.
func (f *accuracyFlags) before() ([]accuracy.Subject, error) {
	if f.out == "" {
		return nil, nil
	}
	if err := os.MkdirAll(f.out, 0o755); err != nil {
		return nil, err
	}
	path := filepath.Join(f.out, accuracyJSON)
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var file accuracyFile
	err = json.Unmarshal(data, &file)
	if err == nil && len(file.Subjects) == 0 { // as a file had cells that did not keep its calibrations
		err = errors.New("no deployment's calibrations are in it")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w: take another folder for --out, or remove it", path, err)
	}
	if file.Settings != f.settings() {
		return nil, usage(fmt.Errorf("--out %s holds results of other settings, %+v and not %+v: take another folder", f.out, file.Settings, f.settings()))
	}
	return file.Subjects, nil
}

// table is what was reached, the engine's own row first.
func (f *accuracyFlags) table(all []accuracy.Subject) []accuracy.Row {
	return append([]accuracy.Row{f.exact}, accuracy.Table(accuracy.Results(all))...)
}

// keep writes what there is.
func (f *accuracyFlags) keep(all []accuracy.Subject) error {
	if f.out == "" {
		return nil
	}
	file := accuracyFile{host.Read(), f.settings(), f.table(all), all}
	return errors.Join(
		results.WriteFile(filepath.Join(f.out, "accuracy.md"), func(w io.Writer) error { return writeAccuracy(w, file) }),
		results.WriteFile(filepath.Join(f.out, accuracyJSON), func(w io.Writer) error { return json.NewEncoder(w).Encode(file) }))
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

func (f *accuracyFlags) tell(w io.Writer, all []accuracy.Subject) error {
	rows := f.table(all)
	if f.json {
		return writeJSON(w, accuracyFile{host.Read(), f.settings(), rows, all})
	}
	for _, r := range rows {
		mark := "missed"
		if r.Met {
			mark = "met"
		}
		paragraph(w, fmt.Sprintf("%-7s %s: %s (wanted: %s)", mark, r.What, r.Reached, r.Goal))
	}
	return nil
}

// writeAccuracy is the table, and every cell under it.
func writeAccuracy(w io.Writer, file accuracyFile) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# How far the predictions are off\n\n`workerlab accuracy`, %s; %d runs of %g s of each cell, seed %d.\n\n",
		file.Host, file.Settings.Repetitions, file.Settings.WindowSeconds, file.Settings.Seed)
	b.WriteString("| what | cells | reached | wanted | |\n|---|---|---|---|---|\n")
	for _, r := range file.Rows {
		mark := "**missed**"
		if r.Met {
			mark = "met"
		}
		fmt.Fprintf(&b, "| %s | %d | %s | %s | %s |\n", r.What, r.Cells, r.Reached, r.Goal, mark)
	}
	b.WriteString("\nPredicted, for the pace that the machine had meanwhile, with the interval that is to hold a run nine times out of ten; and measured in the mean.\n")
	b.WriteString("\n| deployment | handler | cell | requests/s | measured | p50 | measured | p99 | measured | memory | measured |\n|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range accuracy.Results(file.Subjects) {
		p, m := r.Predicted, r.Mean()
		fmt.Fprintf(&b, "| %s | %s | %v | %.4g (%.4g–%.4g) | %.4g | %s | %.3g ms | %s | %.3g ms | %.3g MiB | %.3g MiB |\n",
			r.Deployment, r.Handler, r.Cell, p.Throughput.Estimate, p.Throughput.Low, p.Throughput.High, m.Throughput,
			rangeText(p.P50), 1e3*m.P50.Seconds(), rangeText(p.P99), 1e3*m.P99.Seconds(), p.Memory/(1<<20), float64(m.PSS)/(1<<20))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
