package timeoutrestarts

import (
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/results"
)

// Fates that a lone request may meet.
type fate func(g group) (killed bool, at time.Duration)

// asSaid kills as theory says, in the middle of the window.
func asSaid(g group) (bool, time.Duration) {
	low, high := g.window()
	return g.killed(), (low + high) / 2
}

// world is one in which requests meet a fate, and so many of 60 bystanders fail where a worker dies.
func world(f fate, failed int) experimenttest.World {
	return func(t experiments.Trial, r *results.Record) {
		killed, at := f(groupOf(t.Cell()))
		lost := 0
		if killed {
			lost = failed
			r.Set("restarts", 1, "workers")
			r.Set("first_exit_seconds", at.Seconds(), "seconds")
			r.Set("answered", 0, "requests")
			r.Set("fate_seconds", at.Seconds(), "seconds")
		} else {
			r.Set("restarts", 0, "workers")
			r.Set("answered", 1, "requests")
			r.Set("fate_seconds", t.Window.Seconds(), "seconds")
		}
		r.Set("hog_completed", float64(60-lost), "requests")
		r.Set("hog_failed", float64(lost), "requests")
	}
}

// but is theory with an exception.
func but(f func(g group) (exception, killed bool, at time.Duration)) fate {
	return func(g group) (bool, time.Duration) {
		if exception, killed, at := f(g); exception {
			return killed, at
		}
		return asSaid(g)
	}
}

func TestJudge(t *testing.T) {
	cases := []experimenttest.Case{
		{Name: "as the theory says", World: world(asSaid, 0), Want: results.Supported, Why: "14 had it killed"},
		{Name: "kills late", World: world(but(func(g group) (bool, bool, time.Duration) {
			return g.class == "gevent" && g.kind == "cpu", true, 4 * time.Second
		}), 0), Want: results.Refuted, Why: "gevent, computes"},
		{Name: "sync killed before its time", World: world(but(func(g group) (bool, bool, time.Duration) {
			return g.class == "sync" && g.kind == "wait" && g.timeout == timeout, true, 1200 * time.Millisecond
		}), 0), Want: results.Refuted, Why: "sync, waits"},
		{Name: "a loop killed as early is no exception", World: world(but(func(g group) (bool, bool, time.Duration) {
			return g.class == "tornado", true, 1200 * time.Millisecond
		}), 0), Want: results.Supported},
		{Name: "a stuck worker lives", World: world(but(func(g group) (bool, bool, time.Duration) {
			return g.class == "sync" && g.kind == "cpu", false, 0
		}), 0), Want: results.Refuted},
		{Name: "gthread is killed", World: world(but(func(g group) (bool, bool, time.Duration) {
			return g.class == "gthread", true, 2 * time.Second
		}), 0), Want: results.Refuted},
		{Name: "killed though the timeout is off", World: world(but(func(g group) (bool, bool, time.Duration) {
			return g.timeout == experiments.Never, true, 2 * time.Second
		}), 0), Want: results.Refuted, Why: "sync, waits, t = 0"},
		{Name: "bystanders fail with the worker", World: world(asSaid, 6), Want: results.Refuted, Why: "bystanders lose nothing"},
		{Name: "a few bystanders fail", World: world(asSaid, 1), Want: results.Inconclusive, Why: "bystanders lose nothing"},
	}
	experimenttest.Run(t, Experiment, cases)
}

// Without a class nothing is concluded of all.
func TestMissingClass(t *testing.T) {
	whole := experimenttest.Table(t, Experiment, experiments.Quick, world(asSaid, 0), 0.02)
	var table results.Table
	for _, r := range whole {
		if r.Cell["class"] != "eventlet" {
			table = append(table, r)
		}
	}
	if v := judge(table); v.Outcome != results.Inconclusive {
		t.Errorf("%v without eventlet: %v", v.Outcome, v.Why)
	}
}

// Another timeout shifts the window and nothing else (standard profile).
func TestOtherTimeouts(t *testing.T) {
	for _, c := range []struct {
		at   time.Duration
		want results.Outcome
	}{{5500 * time.Millisecond, results.Supported}, {2500 * time.Millisecond, results.Refuted}} {
		w := world(but(func(g group) (bool, bool, time.Duration) {
			return g.timeout == 5*time.Second && g.killed(), true, c.at
		}), 0)
		if v := judge(experimenttest.Table(t, Experiment, experiments.Standard, w, 0.02)); v.Outcome != c.want {
			t.Errorf("killed after %v where the timeout is 5 s: %v, want %v: %v", c.at, v.Outcome, c.want, v.Why)
		}
	}
}
