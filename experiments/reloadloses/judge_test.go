package reloadloses

import (
	"slices"
	"testing"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// reloads is a world in which a run of 2000 requests loses so many; block counts a trial's runs from 0.
func reloads(lost func(t trial.Trial, block int) int) experimenttest.World {
	blocks := make(map[string]int)
	return func(t trial.Trial, r *results.Record) {
		n := lost(t, blocks[t.Key()])
		blocks[t.Key()]++
		r.Sent, r.Failed = 2000, uint64(n)
		r.Set("lost", float64(n), "requests")
		r.Set("replaced_seconds", 0.15, "seconds")
		r.Timeline = &results.Timeline{Step: 0.05, Answered: make([]uint64, 30)}
	}
}

func nothing(trial.Trial, int) int { return 0 }

// keepAlive loses n in the run of each block with kept connections under these classes.
func keepAlive(n int, blocks int, classes ...string) func(trial.Trial, int) int {
	return func(t trial.Trial, block int) int {
		for _, class := range classes {
			if t.Server.Class == class && t.Load.KeepAlive && block < blocks {
				return n
			}
		}
		return 0
	}
}

func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "nothing is lost", World: reloads(nothing), Want: results.Supported, Why: "10 reloads under load lost 0 of 20000"},
		{Name: "kept connections are cut", World: reloads(keepAlive(8, 2, "gthread", "gevent")), Want: results.Depends, Why: "gthread 16 in 2 of 4"},
		{Name: "everybody loses", World: reloads(func(trial.Trial, int) int { return 8 }), Want: results.Refuted},
		{Name: "one lost every time", World: reloads(func(trial.Trial, int) int { return 1 }), Want: results.Refuted},
		{Name: "lost once", World: reloads(keepAlive(1, 1, "gevent")), Want: results.Inconclusive, Why: "gevent 1 in 1 of 4"},
	})
}

// Few requests cannot show that fewer than one in a thousand are lost.
func TestFewRequests(t *testing.T) {
	few := func(one trial.Trial, r *results.Record) {
		reloads(nothing)(one, r)
		r.Sent = 100
	}
	if v := Experiment.Verdict(experimenttest.Table(t, Experiment, trial.Quick, few, 0.02)); v.Outcome != results.Inconclusive {
		t.Errorf("%v from 1000 requests: %v", v.Outcome, v.Why)
	}
}

// A reload that outlasts the load says nothing of what it loses.
func TestUnfinished(t *testing.T) {
	endless := func(one trial.Trial, r *results.Record) {
		reloads(nothing)(one, r)
		delete(r.Values, "replaced_seconds")
	}
	v := Experiment.Verdict(experimenttest.Table(t, Experiment, trial.Quick, endless, 0.02))
	if v.Outcome != results.Inconclusive || len(v.Warnings) != 1 {
		t.Errorf("%v, %d warnings: %v", v.Outcome, len(v.Warnings), v.Why)
	}
}

// A loss is one, whenever the old workers end.
func TestUnfinishedThatLoses(t *testing.T) {
	endless := func(one trial.Trial, r *results.Record) {
		reloads(func(trial.Trial, int) int { return 3 })(one, r)
		delete(r.Values, "replaced_seconds")
	}
	v := Experiment.Verdict(experimenttest.Table(t, Experiment, trial.Quick, endless, 0.02))
	if v.Outcome != results.Refuted || len(v.Warnings) != 0 {
		t.Errorf("%v, %d warnings: %v", v.Outcome, len(v.Warnings), v.Why)
	}
}

// The claim names three classes. The others of the standard profile are told and decide nothing.
func TestOtherClasses(t *testing.T) {
	for class, want := range map[string]results.Outcome{"tornado": results.Supported, "gevent": results.Depends} {
		w := reloads(func(t trial.Trial, _ int) int {
			if t.Server.Class == class {
				return 3
			}
			return 0
		})
		v := Experiment.Verdict(experimenttest.Table(t, Experiment, trial.Standard, w, 0.02))
		if v.Outcome != want {
			t.Errorf("%v where %s loses: %v", v.Outcome, class, v.Why)
		}
		told := slices.ContainsFunc(v.Others, func(e results.Effect) bool {
			return e.Name.String() == "requests lost, "+class && e.Estimate == 0.0015
		})
		if !told {
			t.Errorf("that %s loses is not told: %+v", class, v.Others)
		}
	}
}
