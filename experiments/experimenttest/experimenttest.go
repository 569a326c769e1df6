// Package experimenttest checks an experiment's judge on golden tables: records that a described
// world would have left, with a seeded run-to-run noise.
package experimenttest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// A World fills in what a run of the trial measures, without noise.
type World func(t trial.Trial, r *results.Record)

// A Case is a world and what the judge must make of it.
type Case struct {
	Name  string
	World World
	Noise float64 // standard deviation of the logarithm of every value; zero: 2 %
	Want  results.Outcome
	Why   string // must occur in the verdict's Why; "": anything
}

const defaultNoise = 0.02

// Run checks the cases, and what must hold for every experiment: nothing is concluded from no
// records, from one block, or from invalid ones, which the verdict counts; identical trials have
// identical keys; and the charts of a supported table show something.
func Run(t *testing.T, e experiments.Experiment, cases []Case) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			v := e.Verdict(Table(t, e, trial.Quick, c.World, orDefault(c.Noise)))
			if v.Outcome != c.Want || !strings.Contains(v.Why.String(), c.Why) {
				t.Errorf("%v, want %v with %q\n%s\neffect %+v\nothers %+v\nwarnings %q",
					v.Outcome, c.Want, c.Why, v.Why, v.Effect, v.Others, v.Warnings)
			}
			if v.Invalid != 0 || v.Runs == 0 {
				t.Errorf("%d runs, %d invalid", v.Runs, v.Invalid)
			}
			checkWhole(t, v)
		})
	}
	t.Run("no records", func(t *testing.T) { inconclusive(t, e, nil) })
	t.Run("invalid records", func(t *testing.T) {
		table := Table(t, e, trial.Quick, cases[0].World, defaultNoise)
		for i := range table {
			table[i].Invalid = []string{"host: noisy"}
		}
		v := inconclusive(t, e, table)
		if v.Invalid != len(table) || !strings.Contains(v.Why.String(), "host: noisy") {
			t.Errorf("%d of %d counted invalid, why %q", v.Invalid, len(table), v.Why)
		}
		if charts := e.Draw(table); len(charts) > 0 {
			t.Errorf("%d charts of nothing", len(charts))
		}
	})
	t.Run("foreign records", func(t *testing.T) {
		table := Table(t, e, trial.Quick, cases[0].World, defaultNoise)
		for i := range table {
			table[i].Cell["do"] = "another"
		}
		if v := e.Verdict(table); v.Runs != 0 {
			t.Errorf("%d runs of another demand counted as its own", v.Runs)
		}
	})
	t.Run("descriptor", func(t *testing.T) { descriptor(t, e) })
	t.Run("charts", func(t *testing.T) { charts(t, e, Table(t, e, trial.Quick, cases[0].World, defaultNoise)) })
}

func orDefault(noise float64) float64 {
	if noise == 0 {
		return defaultNoise
	}
	return noise
}

func inconclusive(t *testing.T, e experiments.Experiment, table results.Table) results.Verdict {
	t.Helper()
	v := e.Verdict(table)
	if v.Outcome != results.Inconclusive || v.Why.Empty() || v.P != 0 {
		t.Errorf("%v (p %g), why %q: want inconclusive, and why", v.Outcome, v.P, v.Why)
	}
	checkWhole(t, v)
	return v
}

// checkWhole makes sure that a verdict can be stored and read by a person.
func checkWhole(t *testing.T, v results.Verdict) {
	t.Helper()
	if _, err := json.Marshal(v); err != nil {
		t.Errorf("cannot be stored: %v", err)
	}
	if v.ID == "" || v.Claim == "" || v.Effect.Name.Empty() {
		t.Errorf("incomplete: %+v", v)
	}
	if strings.Contains(v.Why.String(), "NaN") || strings.Contains(v.Why.String(), "%!") {
		t.Errorf("not for a person: %q", v.Why)
	}
}

func descriptor(t *testing.T, e experiments.Experiment) {
	t.Helper()
	for _, p := range trial.Profiles() {
		seen := make(map[string]bool)
		for _, trial := range e.Trials(p) {
			if seen[trial.Key()] {
				t.Errorf("profile %v: trial %v stands twice", p, trial)
			}
			seen[trial.Key()] = true
			if trial.Blocks < 1 || trial.Group == "" || trial.Window <= 0 {
				t.Errorf("profile %v: %v has no blocks, group or window", p, trial)
			}
		}
	}
	text := e.Explain()
	for _, part := range []string{"The claim.", "The theory.", "What is measured."} {
		if !strings.Contains(text, part) {
			t.Errorf("the explanation lacks %q", part)
		}
	}
	if strings.Contains(text, "package ") && strings.Contains(text, "import") {
		t.Errorf("the explanation holds code:\n%s", text)
	}
}

func charts(t *testing.T, e experiments.Experiment, table results.Table) {
	t.Helper()
	all := e.Draw(table)
	if len(all) == 0 {
		t.Fatal("no chart")
	}
	for _, figure := range all {
		var svg bytes.Buffer
		if err := figure.SVG(&svg); err != nil || svg.Len() == 0 {
			t.Errorf("chart %s: %d bytes, %v", figure.ID, svg.Len(), err)
		}
		if figure.Title == "" || figure.YLabel == "" {
			t.Errorf("chart %s has no title or no label", figure.ID)
		}
	}
}

// Table is what the experiment's runs in a profile would leave in a file, read again.
func Table(t *testing.T, e experiments.Experiment, p trial.Profile, w World, noise float64) results.Table {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	var written results.Table
	for order, step := range experiments.NewPlan([]experiments.Experiment{e}, p, 1) {
		r := results.Record{
			Order: order, Trial: step.Key, Cell: step.Trial.Cell(), Repetition: step.Block, Try: 1,
			Origin: results.Measured, System: cmp.Or(step.Trial.System, results.Ours), Started: time.Unix(1, 0), Duration: step.Trial.Window,
		}
		w(step.Trial, &r)
		for _, name := range slices.Sorted(maps.Keys(r.Values)) { // in one order, or the seed would mean nothing
			v := r.Values[name]
			if !slices.Contains(counted, v.Unit) {
				v.Value *= math.Exp(noise * random.NormFloat64())
			}
			r.Values[name] = v
		}
		written = append(written, r)
	}
	var file bytes.Buffer
	if err := results.Write(&file, written); err != nil {
		t.Fatal(err)
	}
	table, err := results.Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// Without is a claim that compares softwares as it is put to the test where some of them are not installed.
func Without(e experiments.Experiment, missing ...string) experiments.Experiment {
	var installed []rig.Software
	for _, t := range e.Trials(trial.Full) {
		if name := results.Text(t.Cell()["system"]); !slices.Contains(missing, name) {
			installed = append(installed, software{name: name})
		}
	}
	put, _ := experiments.On([]experiments.Experiment{e}, installed...)
	return put[0]
}

// software is a name alone.
type software struct {
	rig.Software
	name string
}

// Name implements experiments.Software.
func (s software) Name() string { return s.name }

// counted are the units of what is counted: a count has no noise.
var counted = []string{"requests", "connections", "workers"}

// Latencies is a histogram of so many answers at each latency.
func Latencies(counts map[time.Duration]int64) *results.Histogram {
	h := results.NewHistogram()
	for latency, n := range counts {
		if err := h.RecordValues(latency.Microseconds(), n); err != nil {
			panic(err) // beyond the histogram's hour
		}
	}
	return h
}
