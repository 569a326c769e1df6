package origins

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/report"
	"github.com/workerlab/workerlab/results/stat"
)

const ms = time.Millisecond

// trial is a closed loop on a core of its own.
func trialOf(server spec.Server, do string, clients int) trial.Trial {
	return trial.Trial{
		Server: server, Place: trial.Pin, Load: spec.Load{Do: do, Clients: clients},
		Window: 2 * time.Second, Group: "test", Blocks: 2,
	}
}

// claim is an experiment of some trials, which varies workers and threads.
func claim(trials ...trial.Trial) experiments.Experiment {
	return experiments.Experiment{
		ID: "test", Axes: []string{"class", "workers", "threads", "do", "arrivals"},
		Trials: func(trial.Profile) []trial.Trial { return trials },
	}
}

// made are the records that a Maker adds to those of a run, read again from a file.
func made(t *testing.T, e experiments.Experiment, records results.Table) (table results.Table) {
	t.Helper()
	var file bytes.Buffer
	encoder := json.NewEncoder(&file)
	m := Maker{
		Plan: experiments.NewPlan([]experiments.Experiment{e}, trial.Quick, 7), Records: records,
		Seed: 7, Run: "run", Usable: 2,
		Record: func(r results.Record) error {
			r.Schema = results.Schema
			if err := r.Check(); err != nil {
				return err
			}
			return encoder.Encode(r)
		},
	}
	if err := m.Simulate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := m.Predict(); err != nil {
		t.Fatal(err)
	}
	for decoder := json.NewDecoder(&file); decoder.More(); {
		var r results.Record
		if err := decoder.Decode(&r); err != nil {
			t.Fatal(err)
		}
		table = append(table, r)
	}
	return table
}

// What the translation makes of a trial is what the closed form of its class says of it. The demands are such
// that the closed form is exact, or nearly: waits do not compete, one class after the other.
func TestSimulatedTrialsKeepTheClosedForms(t *testing.T) {
	sync := func(workers int) spec.Server { return spec.Server{Class: "sync", Workers: workers} }
	shared := trialOf(sync(2), "cpu:5ms", 16)
	shared.Place = trial.Share
	random := trial.Random(sync(4), trial.Quick)
	random.Window, random.Blocks = 100*time.Second, 4
	for name, c := range map[string]struct {
		trial   trial.Trial
		of      figure
		want    float64
		percent float64
	}{
		"waits of four workers":        {trialOf(sync(4), "wait:20ms", 16), throughput, 200, 1},
		"work on a core":               {trialOf(sync(4), "cpu:5ms", 16), throughput, 200, 1},
		"work on two cores":            {shared, throughput, 400, 1},
		"threads under the lock":       {trialOf(spec.Server{Class: "gthread", Workers: 1, Threads: 4, GIL: true}, "cpu:5ms", 16), throughput, 200, 1},
		"a loop whose waits overlap":   {trialOf(spec.Server{Class: "asgi", Workers: 1}, "wait:20ms", 32), throughput, 1600, 1},
		"a loop that its waits hold":   {trialOf(spec.Server{Class: "gevent", Workers: 1}, "block:20ms", 32), throughput, 50, 2},
		"an app that never awaits":     {trialOf(spec.Server{Class: "tornado", Workers: 1}, "wait:20ms", 32), throughput, 50, 2},
		"four workers of random waits": {random, meanResponse, queueing.Open{Rate: trial.RandomRate, Service: 20 * ms, Servers: 4}.Response(), 6},
		"fixed demands, out of step":   {trialOf(sync(8), "cpu:1ms,wait:20ms", 64), throughput, queueing.Closed{CPU: ms, Wait: 20 * ms, Cores: 1}.Throughput(8), 4},
	} {
		t.Run(name, func(t *testing.T) {
			table := made(t, claim(c.trial), nil)
			for _, origin := range []string{results.Simulated, results.Predicted} {
				records := table.Origin(origin)
				if want := map[string]int{results.Simulated: c.trial.Blocks, results.Predicted: 1}[origin]; len(records) != want {
					t.Fatalf("%d %s records, want %d", len(records), origin, want)
				}
				var values []float64
				for i := range records {
					if v, ok := c.of(&records[i]); ok {
						values = append(values, v)
					}
				}
				if got := stat.Average(values); !(math.Abs(got/c.want-1) < c.percent/100) {
					t.Errorf("%s: %.4g, want %.4g within %g %%", origin, got, c.want, c.percent)
				}
			}
		})
	}
}

// A simulated run is sent what the real one is sent in that block, at the same times.
func TestSimulatedRunsAreSentTheSame(t *testing.T) {
	x := trial.Random(spec.Server{Class: "sync", Workers: 4}, trial.Quick)
	records := made(t, claim(x), nil).Origin(results.Simulated)
	counts := make(map[uint64]bool)
	for block, r := range records {
		sends, err := x.Sends(7, block)
		if err != nil {
			t.Fatal(err)
		}
		if r.Planned != uint64(len(sends.At)) || r.Completed != r.Planned || r.Repetition != block || r.Seed != 7 {
			t.Errorf("block %d: %d of %d planned are answered, %d were to be sent", block, r.Completed, r.Planned, len(sends.At))
		}
		counts[r.Planned] = true
	}
	if len(records) < 2 || len(counts) < 2 {
		t.Errorf("%d blocks have %d numbers of requests", len(records), len(counts))
	}
}

func TestConfigIsTheTrials(t *testing.T) {
	x := trialOf(spec.Server{
		Class: "gthread", Workers: 2, Threads: 3, GIL: true, Switch: ms, Boot: 4 * ms, Backlog: 99,
		Timeout: 5 * time.Second, KeepAlive: spec.Never, MaxRequests: 10, Jitter: 5, Connections: 7,
	}, "cpu:1ms", 8)
	s := newSubject(trial.Step{Trial: x, Users: []string{"a"}}, 2)
	c := s.config(Overhead{Request: 2 * ms, Acquisitions: 4}, 64)
	if c.Workers != 2 || c.Slots != 3 || c.Holds != 7 || c.Cores != 1 || c.Switch != ms || c.Boot != 4*ms || c.Backlog != 64 ||
		c.Timeout != 5*time.Second || c.KeepAlive != 0 || c.MaxRequests != 10 || c.Jitter != 5 || c.Request != 2*ms || c.Acquisitions != 4 {
		t.Errorf("%+v", c)
	}
	s = newSubject(trial.Step{Trial: trialOf(spec.Server{Class: "sync", Workers: 1}, "wait:1ms", 1)}, 2)
	if c := s.config(Overhead{}, 0); c.Backlog != 2048 || c.Timeout != 30*time.Second || c.KeepAlive != 2*time.Second {
		t.Errorf("defaults: %+v", c)
	}
}

// What a model does not hold is said, and never made.
func TestWhatIsNotHeldIsSaid(t *testing.T) {
	with := func(change func(*trial.Trial)) trial.Trial {
		x := trialOf(spec.Server{Class: "gevent", Workers: 2}, "cpu:1ms,wait:20ms", 8)
		change(&x)
		return x
	}
	for _, c := range []struct {
		trial                trial.Trial
		simulated, predicted string // why not; "": it is held
	}{
		{with(func(*trial.Trial) {}), "", ""},
		{with(func(x *trial.Trial) { x.System = "gunicorn" }), "other software", "other software"},
		{with(func(x *trial.Trial) { x.Server.Class = "magic" }), "without a model", "without a model"},
		{with(func(x *trial.Trial) { x.Memory = trial.Settled }), "memory", "memory"},
		{with(func(x *trial.Trial) { x.Load.Do = "touch:1,wait:5ms" }), "memory", "memory"},
		{with(func(x *trial.Trial) { x.Server.AppMemory = 1 << 20 }), "memory", "memory"},
		{with(func(x *trial.Trial) { x.Event = trial.Reloads }), "killed or reloaded", "killed or reloaded"},
		{with(func(x *trial.Trial) { x.Event = trial.Watched }), "", ""},
		{with(func(x *trial.Trial) { x.Hog = spec.Load{Do: "cpu:1ms", Clients: 1} }), "second load", "second load"},
		{with(func(x *trial.Trial) { x.Slow = trial.Slow{Clients: 1, Over: ms} }), "dawdle", "dawdle"},
		{with(func(x *trial.Trial) { x.Pods = 4 }), "balancer", "balancer"},
		{with(func(x *trial.Trial) { x.Load.RTT = ms }), "distance", "distance"},
		{with(func(x *trial.Trial) { x.Server.ReusePort = true }), "handing connections", "handing connections"},
		{with(func(x *trial.Trial) { x.Load.Do = "cpu:0s" }), "ask for nothing", "ask for nothing"},
		{with(func(x *trial.Trial) { x.Load.Do = "block:1ms,wait:1ms" }), "hold the event loop", "hold the event loop"},
		{with(func(x *trial.Trial) { x.Load.Do = "block:1ms" }), "", ""},
		{with(func(x *trial.Trial) { x.Load.Think = ms }), "", "think times"},
		{with(func(x *trial.Trial) { x.Load.Clients, x.Load.Rate = 0, 10 }), "", "not at random"},
		{with(func(x *trial.Trial) {
			x.Load.Clients, x.Load.Rate, x.Load.Arriving = 0, 10, spec.Exponential
		}), "", ""},
		{with(func(x *trial.Trial) { x.Load.Clients, x.Load.Burst = 0, 10 }), "", "not at random"},
		{with(func(x *trial.Trial) { x.Server.MaxRequests = 10 }), "", "replaced"},
	} {
		for model, got := range map[string]string{c.simulated: Unsimulated(c.trial).String(), c.predicted: Unpredicted(c.trial).String()} {
			if (model == "") != (got == "") || !strings.Contains(got, model) {
				t.Errorf("%v: %q, want %q", c.trial, got, model)
			}
		}
	}
}

// measuredRun is a valid run of a trial.
func measuredRun(x trial.Trial, block int, throughput, cpu, busy float64) results.Record {
	r := results.Record{
		Trial: x.Key(), Cell: x.Cell(), Repetition: block, Order: block, Try: 1, Seed: 7,
		Origin: results.Measured, System: results.Ours, Duration: x.Window, Response: results.NewHistogram(),
	}
	r.Set("throughput", throughput, "requests/s")
	r.Set("cpu_per_request", cpu, "seconds")
	r.Set("server_cpu", busy, "cores")
	r.Set("server_cores", 1, "")
	return r
}

// The server's own work is that of the busiest cell of a kind, and only there is it a fit.
func TestOverheadIsFromTheBusiestCellOfItsKind(t *testing.T) {
	one, four := trialOf(spec.Server{Class: "sync", Workers: 1}, "cpu:4ms,wait:16ms", 16), trialOf(spec.Server{Class: "sync", Workers: 4}, "cpu:4ms,wait:16ms", 16)
	other := trialOf(spec.Server{Class: "sync", Workers: 2}, "wait:16ms", 16)
	foreign := trialOf(spec.Server{Class: "gevent", Workers: 2}, "wait:16ms", 16)
	measured := results.Table{
		measuredRun(one, 0, 40, 0.007, 0.2), measuredRun(one, 1, 40, 0.007, 0.2),
		measuredRun(four, 0, 160, 0.005, 0.8), measuredRun(four, 1, 160, 0.005, 0.8),
	}
	for _, r := range made(t, claim(one, four, other, foreign), measured) {
		overhead, _ := r.Value(overheadValue)
		fitted, _ := r.Value("overhead_fitted")
		want, wantFitted := 0.001, 0.0
		switch r.Trial {
		case four.Key():
			wantFitted = 1
		case foreign.Key():
			want = 0
		}
		if math.Abs(overhead-want) > 1e-9 || fitted != wantFitted {
			t.Errorf("%s of %s: %g s, fitted %g; want %g, %g", r.Origin, r.Trial, overhead, fitted, want, wantFitted)
		}
	}
}

// What was made is not made again, but where something was measured since that it would rest on.
func TestMakingGoesOn(t *testing.T) {
	x := trialOf(spec.Server{Class: "sync", Workers: 4}, "wait:20ms", 16)
	first := made(t, claim(x), nil)
	if len(first) != 3 || first[0].Origin != results.Simulated || first[2].Origin != results.Predicted {
		t.Fatalf("%d records", len(first))
	}
	if again := made(t, claim(x), first); len(again) != 0 {
		t.Errorf("%d records made again", len(again))
	}
	if rest := made(t, claim(x), first[:1]); len(rest) != 2 || rest[0].Repetition != 1 || rest[0].Order != 1 {
		t.Errorf("after the first: %+v", rest)
	}
	measured := append(slices.Clone(first), measuredRun(x, 0, 190, 0.001, 0.2))
	since := made(t, claim(x), measured)
	if len(since) != 3 {
		t.Fatalf("%d records made anew", len(since))
	}
	cells := compare(append(measured, since...), []string{x.Key()}, results.Measured)
	if got := cells[0].models[results.Predicted]; len(got) != 1 || got[0].Values["throughput"].Value >= 200 {
		t.Errorf("the record that counts says %+v", got)
	}
}

// surveyed is a run of which all measured cells are 10 % slower than what is simulated of them.
func surveyed(t *testing.T) (experiments.Experiment, results.Table) {
	t.Helper()
	var trials []trial.Trial
	for _, workers := range []int{1, 2, 4} {
		trials = append(trials, trialOf(spec.Server{Class: "sync", Workers: workers}, "wait:20ms", 16))
	}
	slow := trialOf(spec.Server{Class: "sync", Workers: 1}, "wait:20ms", 16)
	slow.Slow = trial.Slow{Clients: 2, Over: time.Second}
	e := claim(append(trials, slow)...)
	table := made(t, e, nil)
	for _, r := range table.Origin(results.Simulated) {
		m := r
		m.Origin, m.Response = results.Measured, results.NewHistogram()
		m.Values = map[string]results.Value{"throughput": {Value: 0.9 * r.Values["throughput"].Value, Unit: "requests/s"}}
		for _, bar := range r.Response.Distribution() {
			if err := m.Response.RecordValues(2*bar.To, 20*bar.Count); err != nil && bar.Count > 0 {
				t.Fatal(err)
			}
		}
		table = append(table, m)
	}
	return e, table
}

func TestSurveyByHand(t *testing.T) {
	e, table := surveyed(t)
	m := Survey([]experiments.Experiment{e}, trial.Quick, table)
	if m.Against != results.Measured || len(m.Rows) != 2 || len(m.LeftOut) != 1 {
		t.Fatalf("%+v", m)
	}
	row := m.Rows[0]
	if row.Model != results.Simulated || row.Claim != "test" || row.Cells != 3 || row.Fitted != 0 {
		t.Errorf("%+v", row)
	}
	for name, c := range map[string]struct {
		got  report.Off
		want float64
	}{"throughput": {row.Throughput, 0.1}, "mean": {row.Mean, 1}} {
		if math.Abs(c.got.Middle-c.want) > 0.01 || math.Abs(c.got.Worst-c.want) > 0.01 || c.got.Cells != 3 {
			t.Errorf("%s: %+v, want %g in 3 cells", name, c.got, c.want)
		}
	}
	if row.P99.Cells != 0 { // too few simulated requests lie beyond it
		t.Errorf("p99 of %d cells", row.P99.Cells)
	}
	if left := m.LeftOut[0]; left.Model != report.BothModels || left.Cells != 1 || left.Why.String() != "clients that dawdle" {
		t.Errorf("left out: %+v", left)
	}
	if none := Survey([]experiments.Experiment{e}, trial.Quick, table.Origin(results.Measured)); none.Any() {
		t.Errorf("of a run without models: %+v", none)
	}
}

func TestChartsHaveTheClaimsAxisAndTheResiduals(t *testing.T) {
	e, table := surveyed(t)
	charts := Charts(e, trial.Quick, table)
	if len(charts) != 1 || charts[0].ID != "origins-test" || charts[0].Rows != 2 || len(charts[0].Panels) != 2 {
		t.Fatalf("%+v", charts)
	}
	levels, residuals := charts[0].Panels[0], charts[0].Panels[1]
	if levels.XLabel != "workers" || residuals.XLabel != "workers" || len(levels.Series) != 3 || len(residuals.Series) != 2 {
		t.Fatalf("%+v\n%+v", levels, residuals)
	}
	for i, name := range []string{"measured", "simulated", "closed form"} {
		if s := levels.Series[i]; s.Name != name || !slices.Equal(s.X, []float64{1, 2, 4}) {
			t.Errorf("series %d is %q at %v", i, s.Name, s.X)
		}
	}
	for _, y := range residuals.Series[0].Y {
		if math.Abs(y.Estimate+10) > 0.5 || !(y.Low < y.Estimate && y.Estimate < y.High) || y.Confidence != 0.95 {
			t.Errorf("measured lies %+v %% above simulated, want −10", y)
		}
	}
	var svg bytes.Buffer
	if err := charts[0].SVG(&svg); err != nil || !strings.Contains(svg.String(), "measured against simulated") {
		t.Errorf("%d bytes, %v", svg.Len(), err)
	}
	if charts := Charts(e, trial.Quick, table.Origin(results.Measured)); len(charts) != 0 {
		t.Errorf("%d charts of a run without models", len(charts))
	}
}

// Where nothing was measured, the closed form is held against the simulation, and trials without one are
// shown alone.
func TestSimulationAlone(t *testing.T) {
	e, table := surveyed(t)
	table = slices.DeleteFunc(table, func(r results.Record) bool { return r.Origin == results.Measured })
	m := Survey([]experiments.Experiment{e}, trial.Quick, table)
	if m.Against != results.Simulated || len(m.Rows) != 1 || m.Rows[0].Model != results.Predicted || m.Rows[0].Throughput.Worst > 0.03 {
		t.Errorf("%+v", m)
	}
	both, alone := Charts(e, trial.Quick, table), Charts(e, trial.Quick, table.Origin(results.Simulated))
	if len(both) != 1 || both[0].Rows != 2 || both[0].Panels[1].Series[0].Name != "simulated against closed form" {
		t.Errorf("%+v", both)
	}
	if len(alone) != 1 || alone[0].Rows != 0 || len(alone[0].Panels) != 1 || alone[0].Title != "Simulated" {
		t.Errorf("%+v", alone)
	}
}

// Cells without an axis of numbers in common stand side by side, one panel for each demand.
func TestCellsWithoutACommonAxisStandSideBySide(t *testing.T) {
	thread := func(threads int, lock bool) trial.Trial {
		return trialOf(spec.Server{Class: "gthread", Workers: 1, Threads: threads, GIL: lock}, "cpu:5ms", 16)
	}
	e := claim(thread(1, true), thread(4, true), thread(4, false), trialOf(spec.Server{Class: "sync", Workers: 2}, "wait:5ms", 16))
	e.Axes = append(e.Axes, "gil")
	charts := Charts(e, trial.Quick, made(t, e, nil))
	if len(charts) != 1 || len(charts[0].Panels) != 4 {
		t.Fatalf("%+v", charts)
	}
	first, third := charts[0].Panels[0], charts[0].Panels[2]
	if first.Title != "cpu:5ms" || !slices.Equal(first.Categories, []string{"gthread 1×1 gil", "gthread 1×4 gil", "gthread 1×4"}) {
		t.Errorf("%q: %q", first.Title, first.Categories)
	}
	if third.Title != "wait:5ms" || !slices.Equal(third.Categories, []string{"sync 2×1"}) {
		t.Errorf("%q: %q", third.Title, third.Categories)
	}
}
