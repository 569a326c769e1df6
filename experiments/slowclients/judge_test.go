package slowclients

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

const quick = 11 * time.Millisecond

// medians is a world in which the others get their answers after so long, most of them, the logarithm
// scattered by so much.
func medians(of func(t trial.Trial) time.Duration, scatter float64) experimenttest.World {
	random := rand.New(rand.NewPCG(5, 6))
	return func(t trial.Trial, r *results.Record) {
		const planned = 100
		m := of(t)
		m = time.Duration(float64(m) * (1 + scatter*random.NormFloat64()))
		r.Planned = planned
		r.Response = experimenttest.Latencies(map[time.Duration]int64{m - m/50: 20, m: planned - 40, m + m/2: 20})
	}
}

// cliff is theory for blocking servers with so much room, loops aside.
func cliff(room int) func(trial.Trial) time.Duration {
	return func(t trial.Trial) time.Duration {
		if t.Server.Class == "gevent" || t.Slow.Clients < room {
			return quick
		}
		return 2500 * time.Millisecond
	}
}

func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "a cliff", World: medians(cliff(room), 0.05), Want: results.Supported, Why: "2.5"},
		{Name: "a cliff one earlier", World: medians(cliff(room-1), 0.05), Want: results.Refuted, Why: "sync is untouched by 3"},
		{Name: "no cliff", World: medians(cliff(100), 0.05), Want: results.Refuted, Why: "stalls with 4"},
		{Name: "threads read beside each other", World: medians(func(t trial.Trial) time.Duration {
			if t.Server.Class == "gthread" {
				return quick
			}
			return cliff(room)(t)
		}, 0.05), Want: results.Refuted, Why: "gthread stalls with 4"},
		{Name: "a loop that reads head by head", World: medians(func(t trial.Trial) time.Duration {
			t.Server.Class = "sync"
			return cliff(room)(t)
		}, 0.05), Want: results.Refuted, Why: "gevent is untouched by 8"},
		{Name: "near the threshold", World: medians(func(t trial.Trial) time.Duration {
			if t.Slow.Clients == room {
				return time.Second
			}
			return cliff(room)(t)
		}, 0.1), Want: results.Inconclusive, Why: "Open:"},
		{Name: "noise", World: medians(cliff(room), 0.4), Want: results.Inconclusive},
	})
}

// The standard profile tells of slow readers and posters, who are no part of the outcome.
func TestOthers(t *testing.T) {
	for _, c := range []struct {
		name    string
		harmful []string // the kinds that hold who serves them
	}{
		{"all hold a thread", []string{"readers", "posters"}},
		{"bodies are read beside each other", []string{"readers"}},
		{"answers are written beside each other", []string{"posters"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := Experiment.Verdict(experimenttest.Table(t, Experiment, trial.Standard, medians(func(t trial.Trial) time.Duration {
				if k := kind(t.Slow); k == "senders" || slices.Contains(c.harmful, k) {
					return cliff(room)(t)
				}
				return quick
			}, 0.05), 0.02))
			if v.Outcome != results.Supported {
				t.Errorf("%v: %s", v.Outcome, v.Why)
			}
			for _, k := range []string{"readers", "posters"} {
				told(t, v, k, slices.Contains(c.harmful, k))
			}
		})
	}
}

func kind(s trial.Slow) string {
	switch {
	case s.Read > 0:
		return "readers"
	case s.Post > 0:
		return "posters"
	}
	return "senders"
}

// told checks what a verdict says beside itself of a kind of slow clients, class by class.
func told(t *testing.T, v results.Verdict, kind string, harmful bool) {
	t.Helper()
	for _, s := range servers {
		name := fmt.Sprintf("%s: median with 4 slow %s", s.Class, kind)
		i := slices.IndexFunc(v.Others, func(e results.Effect) bool { return e.Name.String() == name })
		if i < 0 {
			t.Errorf("nothing is told of %q", name)
		} else if stall := v.Others[i].Low > stalled; stall != (harmful && s.Class != "gevent") {
			t.Errorf("%s: %+v", name, v.Others[i].Interval)
		}
	}
}

// The figure has a panel for each kind that was tried.
func TestPanels(t *testing.T) {
	for _, c := range []struct {
		p      trial.Profile
		panels int
	}{{trial.Quick, 0}, {trial.Standard, 3}} {
		all := Experiment.Draw(experimenttest.Table(t, Experiment, c.p, medians(cliff(room), 0.05), 0.02))
		if len(all) != 1 || len(all[0].Panels) != c.panels {
			t.Errorf("profile %v: %+v, want one figure of %d panels", c.p, all, c.panels)
		}
	}
}

// Records from before there were posters do not say that theirs are none.
func TestRecordsWithoutPosters(t *testing.T) {
	table := experimenttest.Table(t, Experiment, trial.Quick, medians(cliff(room), 0.05), 0.02)
	want := Experiment.Verdict(table)
	for i := range table {
		delete(table[i].Cell, "slow_post_bytes")
	}
	if got := Experiment.Verdict(table); got.Outcome != results.Supported || got.Effect.Interval != want.Effect.Interval {
		t.Errorf("%v, %+v; with the axis %v, %+v", got.Outcome, got.Effect, want.Outcome, want.Effect)
	}
}
