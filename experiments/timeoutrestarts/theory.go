package timeoutrestarts

import (
	"strings"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/text"
)

const (
	slack  = 50 * time.Millisecond   // between the clocks that date the request and the beat
	oldest = time.Second             // age that the last beat of a loop may have
	ending = 1500 * time.Millisecond // from the abort to the kill, one second, and to the exit
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
		for _, t := range []time.Duration{time.Second, 5 * time.Second} {
			for _, kind := range kinds {
				all = append(all, group{class, kind, t})
			}
		}
	}
	return all
}

func groupOf(c results.Cell) group {
	do, _ := c["do"].(string)
	class, _ := c["class"].(string)
	kind, _, _ := strings.Cut(do, ":")
	g := group{class, kind, spec.Never}
	if t, ok := c.Number("timeout_seconds"); ok && t > 0 {
		g.timeout = time.Duration(t * float64(time.Second))
	}
	return g
}

// of are the group's records.
func (g group) of(t results.Table) results.Table {
	var kept results.Table
	for _, r := range t {
		if groupOf(r.Cell) == g {
			kept = append(kept, r)
		}
	}
	return kept
}

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
		return kind.Then(text.Of(", t = 0"))
	}
	return kind.Then(text.Of(", t = %g s", g.timeout.Seconds()))
}
