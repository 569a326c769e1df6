package timeoutrestarts

import (
	"time"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/text"
)

const (
	slack  = 50 * time.Millisecond   // between the clocks that date the request and the beat
	oldest = time.Second             // age that the last beat of a loop may have
	abort  = time.Second             // until the kill that follows it
	ending = 1500 * time.Millisecond // that, and until the exit
)

// A group is what the lone requests of one cell have in common.
type group struct {
	class, kind string
	timeout     time.Duration
}

// claimed are the groups that the claim speaks of.
func claimed() []group {
	var all []group
	for _, kind := range kinds {
		for _, s := range trial.LoneClasses() {
			all = append(all, group{s.Class, kind, timeout})
		}
	}
	return append(all, group{"sync", "wait", spec.Never})
}

// shifted are the groups that longer profiles add: other timeouts shift the window by as much.
func shifted() []group {
	var all []group
	for _, class := range []string{"sync", "gevent"} {
		for _, t := range otherTimeouts {
			for _, kind := range kinds {
				all = append(all, group{class, kind, t})
			}
		}
	}
	return all
}

// trial is one request to the group's servers. It lasts three times the timeout, so that foreign load cannot decide.
func (g group) trial(p trial.Profile) trial.Trial {
	long := busy
	if g.timeout != spec.Never {
		long = 3 * g.timeout
	}
	for _, s := range trial.LoneClasses() {
		if s.Class == g.class {
			s.Timeout = g.timeout
			return trial.Lone(s, g.kind, long, p)
		}
	}
	panic("timeoutrestarts: no class " + g.class)
}

// of are the group's records.
func (g group) of(j *judge.Judging) results.Table { return j.Of(g.trial(trial.Any)) }

// killed reports whether theory says that the request costs its worker's life.
func (g group) killed() bool {
	switch {
	case g.timeout == spec.Never, g.class == "gthread":
		return false
	case g.class == "sync", g.class == "tornado":
		return true
	}
	return g.kind == "cpu"
}

// window is when theory has the worker end, counted from the sending of the request.
func (g group) window() (low, high time.Duration) {
	low = g.timeout
	if g.class != "sync" {
		low -= oldest
	}
	return low, g.timeout + ending
}

// holds reports whether the run went as theory says.
func (g group) holds(r *results.Record) bool {
	ended, _ := r.Value("restarts")
	answered, _ := r.Value("answered")
	if !g.killed() {
		return ended == 0 && answered == 1
	}
	at, ok := r.Value("first_exit_seconds")
	low, high := g.window()
	return ok && ended == 1 && answered == 0 && (low-slack).Seconds() <= at && at <= high.Seconds()
}

// name is the group in a sentence or in a table's row.
func (g group) name() text.Message {
	kind := text.Of("%s, waits", g.class)
	if g.kind == "cpu" {
		kind = text.Of("%s, computes", g.class)
	}
	switch g.timeout {
	case timeout:
		return kind
	case spec.Never:
		return kind.Then(text.Of(", no timeout"))
	}
	return kind.Then(text.Of(", t = %g s", g.timeout.Seconds()))
}
