package workerisolation

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// kill is a world in which each kill loses so many of the victim's two requests, so many of the
// others, and the slot is served after so many seconds; 0: not in time.
func kill(lost, elsewhere int, serving float64) experimenttest.World {
	return func(_ trial.Trial, r *results.Record) {
		r.Set("victim_in_flight", 2, "requests")
		r.Set("victim_connections", 2, "connections")
		r.Set("lost", float64(lost), "requests")
		r.Set("lost_elsewhere", float64(elsewhere), "requests")
		r.Set("bystanders", 78, "requests")
		r.Set("respawn_seconds", 0.01, "seconds")
		if serving > 0 {
			r.Set("serving_seconds", serving, "seconds")
		}
	}
}

func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "isolated", World: kill(2, 0, 0.1), Want: results.Supported, Why: "6 kills"},
		{Name: "loses more than it held", World: kill(3, 0, 0.1), Want: results.Refuted},
		{Name: "others lose too", World: kill(2, 8, 0.1), Want: results.Refuted},
		{Name: "slow to come back", World: kill(2, 0, 1.7), Want: results.Refuted},
		{Name: "never comes back", World: kill(2, 0, 0), Want: results.Refuted},
		{Name: "one loss elsewhere in many", World: kill(2, 1, 0.1), Want: results.Inconclusive},
	})
}

// preload-memory kills workers under the same load, but of an app that takes memory, and time to load.
func TestKillsOfAnotherClaim(t *testing.T) {
	table := experimenttest.Table(t, Experiment, trial.Quick, kill(2, 0, 0.1), 0.02)
	own := Experiment.Verdict(table).Runs
	for _, cell := range []results.Cell{{"boot_seconds": 0.5}, {"app_memory_bytes": 32 << 20}} {
		foreign := experimenttest.Table(t, Experiment, trial.Quick, kill(9, 9, 0), 0.02)
		for i := range foreign {
			maps.Copy(foreign[i].Cell, cell)
		}
		if v := Experiment.Verdict(append(slices.Clone(table), foreign...)); v.Runs != own || v.Outcome != results.Supported {
			t.Errorf("%v from %d runs with those of %v, want the %d of the claim alone: %v", v.Outcome, v.Runs, cell, own, v.Why)
		}
	}
}

// Without two kills of each class nothing is concluded of all.
func TestEveryClassIsKilledTwice(t *testing.T) {
	for _, blocks := range []int{0, 1} {
		var table results.Table
		for _, r := range experimenttest.Table(t, Experiment, trial.Standard, kill(2, 0, 0.1), 0.02) {
			if r.Cell["class"] != "gevent" || r.Repetition < blocks {
				table = append(table, r)
			}
		}
		if v := Experiment.Verdict(table); v.Outcome != results.Inconclusive || !strings.Contains(v.Why.String(), "gevent 4×1: fewer than 2") {
			t.Errorf("%v with %d kills of gevent: %v", v.Outcome, blocks, v.Why)
		}
	}
}

// What a kill costs once too much may be the host's doing, what it does twice under a class is the class's.
func TestExceptions(t *testing.T) {
	type first map[string]experimenttest.World // what the first kills under a class cost, one after the other
	greedy, slow := kill(3, 0, 0.1), kill(2, 0, 1.7)
	for _, c := range []struct {
		name   string
		blocks []first
		want   results.Outcome
	}{
		{"once", []first{{"sync": greedy}}, results.Inconclusive},
		{"once under each of two", []first{{"sync": greedy, "gevent": slow}}, results.Inconclusive},
		{"twice under one", []first{{"sync": greedy}, {"sync": slow}}, results.Refuted},
	} {
		kills := make(map[string]int)
		w := func(one trial.Trial, r *results.Record) {
			world := kill(2, 0, 0.1)
			if n := kills[one.Key()]; n < len(c.blocks) && c.blocks[n][one.Server.Class] != nil {
				world = c.blocks[n][one.Server.Class]
			}
			kills[one.Key()]++
			world(one, r)
		}
		if v := Experiment.Verdict(experimenttest.Table(t, Experiment, trial.Standard, w, 0.02)); v.Outcome != c.want {
			t.Errorf("%s: %v, want %v: %v", c.name, v.Outcome, c.want, v.Why)
		}
	}
}

// The quick profile decides with all of its kills. Without one of them it does not, and wants another block.
func TestQuickDecides(t *testing.T) {
	table := experimenttest.Table(t, Experiment, trial.Quick, kill(2, 0, 0.1), 0.02)
	if v := Experiment.Verdict(table); v.Outcome != results.Supported || v.Effect.High >= mostLost {
		t.Errorf("%v, at most %v of the others lost, want less than %v: %v", v.Outcome, v.Effect.High, mostLost, v.Why)
	}
	i := slices.IndexFunc(table, func(r results.Record) bool { return r.Cell["class"] == "sync" })
	table[i].Invalid = []string{"host: noisy"}
	if v := Experiment.Verdict(table); v.Outcome != results.Inconclusive || v.More == 0 {
		t.Errorf("%v, %d more blocks, with a run lost: %v", v.Outcome, v.More, v.Why)
	}
}

// What differs between the classes is told of each.
func TestToldByClass(t *testing.T) {
	late := map[string]float64{"sync 4×1": 0.1, "gthread 4×1": 0.2, "gevent 4×1": 0.3}
	v := Experiment.Verdict(experimenttest.Table(t, Experiment, trial.Quick, func(one trial.Trial, r *results.Record) {
		kill(2, 0, 0.1)(one, r)
		r.Set("late_after", late[one.Server.Shape()], "share")
	}, 0))
	for name, want := range late {
		i := slices.IndexFunc(v.Others, func(e results.Effect) bool {
			return e.Name.String() == "slow answers in the second after it, "+name
		})
		if i < 0 || math.Abs(v.Others[i].Estimate-want) > 1e-9 {
			t.Errorf("%s: %+v, want %v", name, v.Others, want)
		}
	}
}
