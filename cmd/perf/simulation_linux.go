package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os/exec"
	"slices"
	"strconv"
	"time"

	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/server/proc"
)

// simulation is the suite of the simulator: its engine beside SimPy, on the same queue, and its model of
// threads. Each program has one core to itself.
func simulation() suite {
	return suite{
		Name: "sim", Does: "M/M/4 at 80 %, and gthread with lock, cores and accept race", Cells: simulationCells(), Rows: simulationRows(),
		Noise:   rates(engine+again, engine, customers, 1),
		Columns: simulationColumns(),
	}
}

// Names that the rows refer to.
const (
	engine       = "engine"
	simPy        = "SimPy"
	threadsModel = "gthread model"
	customers    = "customers/s"
)

// A form is the closed form that a simulation is held to.
type form struct {
	What    string
	Seconds float64
	Slack   float64 // by which it may be off itself, as a share
}

func simulationCells() []cell {
	wait := &form{What: "wait by Erlang C", Seconds: mm4().Response() - mm4().Service.Seconds()}
	// Requests at the edges of the window have some of their work outside it.
	work := &form{What: "work by the law of utilisation", Seconds: threadsWork.Seconds(), Slack: 0.002}
	return []cell{
		{Name: engine, Form: wait, command: simulator("mm4")},
		{Name: engine + again, Form: wait, command: simulator("mm4")},
		{Name: simPy, Form: wait, command: simulatorInPython, module: "simpy", pack: "python3-simpy3"},
		{Name: threadsModel, Form: work, command: simulator("gthread")},
	}
}

func simulator(model string) func(*bench, int) []string {
	return func(b *bench, _ int) []string {
		return append([]string{b.self, "simulate", model}, b.simulated()...)
	}
}

func simulatorInPython(b *bench, _ int) []string {
	return append([]string{b.Python, b.apps + "/mm4.py"}, b.simulated()...)
}

// simulated are the seconds and the seed of a simulation, another one in each block.
func (b *bench) simulated() []string {
	return []string{fmt.Sprint(b.Window.Seconds()), strconv.FormatUint(b.Seed+uint64(b.at), 10)}
}

// simulationRows are what the simulator promises. SimPy is known to reach 0.1 M customers/s.
func simulationRows() []row {
	return []row{
		rates(engine, simPy, customers, 50),
		millions(engine, customers, 5),
		millions(threadsModel, "requests/s", 1),
	}
}

// millions is what a simulation does in a second of one core.
func millions(name, what string, target float64) row {
	return row{
		What: name + ": " + what, Unit: "M", Target: target, cells: []string{name},
		value: func(b block) float64 { return b.samples[name].Rate / 1e6 },
		byCPU: func(b block) float64 { return 1e-6 / b.samples[name].CPU },
	}
}

func simulationColumns() []column {
	return []column{
		{"program", func(_ *report, c cell) string { return c.Name }},
		median("1000/s", "%.0f", func(s sample) float64 { return s.Rate / 1e3 }),
		median("CPU ns", "%.0f", func(s sample) float64 { return s.CPU * 1e9 }),
		median("busy", "%.0f %%", func(s sample) float64 { return s.Account.Server * 100 }),
		median("of closed form", "%.4f", func(s sample) float64 { return s.OfForm }),
		{"namely", func(_ *report, c cell) string { return fmt.Sprintf("%s, %.4g ms", c.Form.What, c.Form.Seconds*1e3) }},
	}
}

// simulate runs a program that simulates, times itself and tells its outcome. What is wrong is an error, however
// fast it was.
func (b *bench) simulate(ctx context.Context, c cell) (sample, error) {
	began := time.Now()
	host, err := proc.ReadHost()
	if err != nil {
		return sample{}, err
	}
	out, took, err := output(ctx, b.server, "", c.command(b, 0))
	if err != nil {
		return sample{}, err
	}
	end := reading{at: time.Now(), server: took}
	if end.host, err = proc.ReadHost(); err != nil {
		return sample{}, err
	}
	var d outcome
	if err := json.Unmarshal(out, &d); err != nil {
		return sample{}, fmt.Errorf("it printed %q: %w", out, err)
	}
	s, err := c.Form.hold(d)
	s.Account = since(reading{at: began, host: host}, end, 0)
	return s, err
}

// sure is the confidence of the interval that must hold the closed form. Of a thousand runs, each of some
// twenty samples, two find a right program wrong.
const sure = 0.9999

// hold makes a sample of an outcome whose figure is what the closed form says.
func (f *form) hold(d outcome) (sample, error) {
	if d.Done == 0 || len(d.Means) < fewestBatches {
		return sample{}, fmt.Errorf("%d customers in %d batches say nothing of the %s", d.Done, len(d.Means), f.What)
	}
	got := stat.Replicated(d.Means, sure)
	if off := math.Abs(got.Estimate - f.Seconds); !(off <= got.Half()+f.Slack*f.Seconds) {
		return sample{}, fmt.Errorf("the %s is %.5g ms, and it came to %.5g ± %.2g: what is wrong is not measured, however fast it is",
			f.What, f.Seconds*1e3, got.Estimate*1e3, got.Half()*1e3)
	}
	return sample{
		Rate:   float64(d.Done) / d.Seconds,
		CPU:    d.CPU / float64(d.Done),
		OfForm: got.Estimate / f.Seconds,
	}, nil
}

// leaveOut takes those cells out of the suite that lack a module of Python, and the rows that rest on them, and
// notes what mends it.
func (b *bench) leaveOut(ctx context.Context) error {
	missing := make(map[string]bool)
	for _, c := range b.Suite.Cells {
		if c.module == "" || exec.CommandContext(ctx, b.Python, "-c", "import "+c.module).Run() == nil {
			continue
		}
		missing[c.Name] = true
		b.skipped = append(b.skipped, fmt.Sprintf("%s: %s cannot import %s: sudo apt-get install %s, or make real", c.Name, b.Python, c.module, c.pack))
	}
	b.Suite.Cells = slices.DeleteFunc(b.Suite.Cells, func(c cell) bool { return missing[c.Name] })
	b.Suite.Rows = slices.DeleteFunc(b.Suite.Rows, func(r row) bool {
		return slices.ContainsFunc(r.cells, func(name string) bool { return missing[name] })
	})
	return ctx.Err()
}
