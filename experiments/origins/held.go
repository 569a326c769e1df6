package origins

import (
	"slices"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/text"
)

// A rule is something that a trial has and a model does not hold.
type rule struct {
	broken bool
	why    text.Message
}

// first is why the first broken rule is broken; empty if none is.
func first(rules []rule) text.Message {
	for _, r := range rules {
		if r.broken {
			return r.why
		}
	}
	return text.Message{}
}

// Unsimulated is why the simulator does not hold a trial; empty if it does.
func Unsimulated(t trial.Trial) text.Message {
	s, d := t.Server, demandOf(t.Load)
	m, known := catalog.Named(s.Class)
	return first([]rule{
		{t.System != "" && t.System != results.Ours || t.App != "", text.Of("other software than ours")},
		{!known || d.err != nil, text.Of("a worker class or a demand without a model")},
		{t.Memory == trial.Settled || t.Memory == trial.WhileHeld || s.AppMemory > 0 || s.Preload || d.memory(), text.Of("memory")},
		{t.Event > trial.Watched, text.Of("workers that are killed or reloaded")},
		{t.Hog.Arrivals() != "none" && !hogs(t.Hog), text.Of("a second load beside the first that is no hog")},
		{t.Slow.Clients > 0, text.Of("clients that dawdle")},
		{t.Pods > 1, text.Of("several servers behind a balancer")},
		{t.Load.RTT > 0, text.Of("a distance between client and server")},
		{s.ReusePort || s.Exclusive, text.Of("another way of handing connections to workers")},
		{d.mean() == 0, text.Of("requests that ask for nothing: their clients see little but the way to the server and back")},
		{d.mixed() && loops(m), text.Of("waits of which some hold the event loop and some do not")},
	})
}

// Unpredicted is why no closed form holds a trial; empty if one does, provided that the load is one which the
// server can bear.
func Unpredicted(t trial.Trial) text.Message {
	if why := Unsimulated(t); !why.Empty() {
		return why
	}
	d := demandOf(t.Load)
	timeout := t.Server.Timeout
	return first([]rule{
		{t.Hog.Arrivals() != "none", text.Of("a second load beside the first")},
		{t.Load.Clients > 0 && t.Load.Think > 0, text.Of("think times")},
		{t.Load.Clients == 0 && (t.Load.Burst > 0 || t.Load.Arriving != spec.Exponential || t.Load.Abreast > 1), text.Of("arrivals that are not at random")},
		{t.Server.MaxRequests > 0 || timeout > 0 && d.mean() >= timeout, text.Of("workers that are replaced")},
	})
}

// hogs reports whether a load is of clients that ask for the same again and again.
func hogs(l spec.Load) bool {
	d := demandOf(l)
	return l.Clients > 0 && l.Think == 0 && !l.KeepAlive && d.err == nil && d.do.Fixed() && !d.memory()
}

// A demand is what a request asks for.
type demand struct {
	do  spec.Demands
	err error
}

func demandOf(l spec.Load) demand {
	do, err := spec.ParseDemands(l.Do)
	return demand{do, err}
}

// mean is how long a request takes by itself.
func (d demand) mean() time.Duration {
	work, wait := d.do.Moments()
	return work.Duration() + wait.Duration()
}

// memory reports whether the request touches or leaks some.
func (d demand) memory() bool {
	return slices.ContainsFunc(d.do, func(x spec.Demand) bool { return x.Kind == spec.Touch || x.Kind == spec.Leak })
}

// mixed reports whether some of the waits hold an event loop, and some do not.
func (d demand) mixed() bool {
	return d.do.Blocks() && slices.ContainsFunc(d.do, func(x spec.Demand) bool { return x.Kind == spec.Wait })
}

// loops reports whether a class serves from an event loop, which a wait may hold.
func loops(m models.Model) bool {
	return m.Discipline != nil && m.Discipline(spec.Server{}.Filled()).Lock == models.Loop
}
