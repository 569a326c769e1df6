package timeoutnotlimit

import (
	"slices"
	"strings"
	"testing"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// answering is a world in which waiting requests are answered under these classes, and computing ones
// under gthread.
func answering(classes ...string) experimenttest.World {
	return func(t trial.Trial, r *results.Record) {
		answered := slices.Contains(classes, t.Server.Class)
		if strings.HasPrefix(t.Load.Do, "cpu:") {
			answered = t.Server.Class == "gthread"
		}
		n := 0.0
		if answered {
			n = 1
		}
		r.Set("answered", n, "requests")
	}
}

// sometimes is a world in which every other request is answered.
func sometimes() experimenttest.World {
	seen := make(map[string]int)
	return func(t trial.Trial, r *results.Record) {
		r.Set("answered", float64(seen[t.Key()]%2), "requests")
		seen[t.Key()]++
	}
}

func TestJudge(t *testing.T) {
	all := []string{"sync", "gthread", "gevent", "eventlet", "tornado", "asgi"}
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{
			Name: "as gunicorn's classes", World: answering("gthread", "gevent", "eventlet", "asgi"),
			Want: results.Depends, Why: "always under gthread, gevent, eventlet, asgi, never under sync, tornado",
		},
		{Name: "a true limit", World: answering(), Want: results.Supported, Why: "always under no class"},
		{Name: "no limit at all", World: answering(all...), Want: results.Refuted, Why: "12 were answered"},
		{Name: "now and then", World: sometimes(), Want: results.Inconclusive},
	})
}

// One request a class is no rule.
func TestOneBlock(t *testing.T) {
	var first results.Table
	for _, r := range experimenttest.Table(t, Experiment, trial.Quick, answering("gthread"), 0.02) {
		if r.Repetition == 0 {
			first = append(first, r)
		}
	}
	if v := Experiment.Verdict(first); v.Outcome != results.Inconclusive {
		t.Errorf("%v from one block: %v", v.Outcome, v.Why)
	}
}
