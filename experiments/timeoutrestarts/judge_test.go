package timeoutrestarts

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

// Fates that a lone request may meet.
type fate func(g group) (killed bool, at time.Duration)

// asSaid kills as theory says, in the middle of the window.
func asSaid(g group) (bool, time.Duration) {
	low, high := g.window()
	return g.killed(), (low + high) / 2
}

// groupOf is the group of a trial.
func groupOf(t trial.Trial) group {
	kind, _, _ := strings.Cut(t.Load.Do, ":")
	return group{t.Server.Class, kind, t.Server.Timeout}
}

// world is one in which requests meet a fate, and so many of 60 bystanders fail where a worker dies.
func world(f fate, failed int) experimenttest.World {
	return func(t trial.Trial, r *results.Record) {
		killed, at := f(groupOf(t))
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
			return g.timeout == spec.Never, true, 2 * time.Second
		}), 0), Want: results.Refuted, Why: "sync, waits, no timeout"},
		{Name: "bystanders fail with the worker", World: world(asSaid, 6), Want: results.Refuted, Why: "bystanders lose nothing"},
		{Name: "a few bystanders fail", World: world(asSaid, 1), Want: results.Inconclusive, Why: "bystanders lose nothing"},
	}
	experimenttest.Run(t, Experiment, cases)
}

// Without a class nothing is concluded of all.
func TestMissingClass(t *testing.T) {
	whole := experimenttest.Table(t, Experiment, trial.Quick, world(asSaid, 0), 0.02)
	var table results.Table
	for _, r := range whole {
		if r.Cell["class"] != "eventlet" {
			table = append(table, r)
		}
	}
	if v := Experiment.Verdict(table); v.Outcome != results.Inconclusive {
		t.Errorf("%v without eventlet: %v", v.Outcome, v.Why)
	}
}

// One run of a group settles nothing, even where all others have two.
func TestOneRunOfAClass(t *testing.T) {
	var table results.Table
	for _, r := range experimenttest.Table(t, Experiment, trial.Quick, world(asSaid, 0), 0.02) {
		if r.Cell["class"] != "eventlet" || r.Repetition == 0 {
			table = append(table, r)
		}
	}
	if v := Experiment.Verdict(table); v.Outcome != results.Inconclusive || !strings.Contains(v.Why.String(), "eventlet, waits: fewer than 2") {
		t.Errorf("%v with one run of eventlet: %v", v.Outcome, v.Why)
	}
}

// What goes otherwise once may be the host's doing, what does twice under a class is the class's.
func TestExceptions(t *testing.T) {
	spared := world(but(func(group) (bool, bool, time.Duration) { return true, false, 0 }), 0)
	for _, c := range []struct {
		name  string
		spare func(g group, block int) bool
		want  results.Outcome
	}{
		{"once", func(g group, block int) bool { return g == group{"gevent", "cpu", timeout} && block == 0 }, results.Inconclusive},
		{"once under each of two", func(g group, block int) bool {
			return (g == group{"gevent", "cpu", timeout} || g == group{"sync", "cpu", timeout}) && block == 0
		}, results.Inconclusive},
		{"twice, in two ways", func(g group, block int) bool { return g.class == "tornado" && block == 0 }, results.Refuted},
	} {
		for _, p := range []trial.Profile{trial.Quick, trial.Standard} {
			blocks := make(map[string]int)
			w := func(one trial.Trial, r *results.Record) {
				block := blocks[one.Key()]
				blocks[one.Key()]++
				if c.spare(groupOf(one), block) {
					spared(one, r)
					return
				}
				world(asSaid, 0)(one, r)
			}
			if v := Experiment.Verdict(experimenttest.Table(t, Experiment, p, w, 0.02)); v.Outcome != c.want {
				t.Errorf("otherwise %s, %v profile: %v, want %v: %v", c.name, p, v.Outcome, c.want, v.Why)
			}
		}
	}
}

// Another timeout shifts the window and nothing else (standard profile). The claim does not speak of it:
// it is told beside the verdict, which counts its own runs only.
func TestOtherTimeouts(t *testing.T) {
	const told = "with timeouts of 1 s, 5 s: lone requests that ended as the theory says"
	for _, c := range []struct {
		at   time.Duration
		want float64
	}{{5500 * time.Millisecond, 1}, {2500 * time.Millisecond, 30. / 48}} { // of 8 kinds, 3 are killed with 5 s
		w := world(but(func(g group) (bool, bool, time.Duration) {
			return g.timeout == 5*time.Second && g.killed(), true, c.at
		}), 0)
		v := Experiment.Verdict(experimenttest.Table(t, Experiment, trial.Standard, w, 0.02))
		if v.Outcome != results.Supported || !strings.Contains(v.Why.String(), "Of 42 lone requests") {
			t.Errorf("killed after %v where the timeout is 5 s: %v: %v", c.at, v.Outcome, v.Why)
		}
		i := slices.IndexFunc(v.Others, func(e results.Effect) bool { return e.Name.String() == told })
		if i < 0 || v.Others[i].Estimate != c.want {
			t.Errorf("killed after %v where the timeout is 5 s: others %+v, want a share of %v", c.at, v.Others, c.want)
		}
	}
}
