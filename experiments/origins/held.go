package origins

import (
	"math"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/catalog"
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
	_, known := catalog.Named(s.Class)
	return first([]rule{
		{t.System != "" && t.System != results.Ours || s.App != "", text.Of("other software than ours")},
		{!known || d.err != nil, text.Of("a worker class or a demand without a model")},
		{t.Memory == trial.Settled || t.Memory == trial.WhileHeld || s.AppMemory > 0 || s.Preload || d.memory, text.Of("memory")},
		{t.Event > trial.Watched, text.Of("workers that are killed or reloaded")},
		{t.Hog.Arrivals() != "none" && !hogs(t.Hog), text.Of("a second load beside the first that is no hog")},
		{t.Slow.Clients > 0, text.Of("clients that dawdle")},
		{t.Pods > 1, text.Of("several servers behind a balancer")},
		{t.Load.RTT > 0, text.Of("a distance between client and server")},
		{s.ReusePort || s.Exclusive, text.Of("another way of handing connections to workers")},
		{d.cpu+d.wait == 0, text.Of("requests that ask for nothing: their clients see little but the way to the server and back")},
		{d.blocks && d.yields && loops(s.Class), text.Of("waits of which some hold the event loop and some do not")},
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
		{t.Load.Clients == 0 && (t.Load.Burst > 0 || t.Load.Arriving != trial.Exponential || t.Load.Abreast > 1), text.Of("arrivals that are not at random")},
		{t.Server.MaxRequests > 0 || timeout > 0 && d.cpu+d.wait >= timeout, text.Of("workers that are replaced")},
	})
}

// hogs reports whether a load is of clients that ask for the same again and again.
func hogs(l trial.Load) bool {
	d := demandOf(l)
	return l.Clients > 0 && l.Think == 0 && !l.KeepAlive && d.err == nil && d.cpuCV == 0 && d.waitCV == 0 && !d.memory
}

// A demand is what a request asks for, on average.
type demand struct {
	cpu, wait       time.Duration
	cpuCV, waitCV   float64
	computes, waits int  // steps
	blocks, yields  bool // some waits hold an event loop; some do not
	memory          bool // it touches or leaks some
	err             error
}

func demandOf(l trial.Load) (d demand) {
	steps, err := trial.Demands(l.Do)
	d.err = err
	var cpuVariance, waitVariance float64
	for _, s := range steps {
		variance := 0.0
		if s.Drawn { // exponential
			variance = s.Mean.Seconds() * s.Mean.Seconds()
		}
		switch s.Kind {
		case "cpu":
			d.cpu, d.computes, cpuVariance = d.cpu+s.Mean, d.computes+1, cpuVariance+variance
		case "wait", "block":
			d.wait, d.waits, waitVariance = d.wait+s.Mean, d.waits+1, waitVariance+variance
			d.blocks, d.yields = d.blocks || s.Kind == "block", d.yields || s.Kind == "wait"
		default:
			d.memory = true
		}
	}
	d.cpuCV, d.waitCV = spread(cpuVariance, d.cpu), spread(waitVariance, d.wait)
	return d
}

// spread is the coefficient of variation.
func spread(variance float64, mean time.Duration) float64 {
	if mean == 0 {
		return 0
	}
	return math.Sqrt(variance) / mean.Seconds()
}

// loops reports whether a class serves from an event loop, which a wait may hold.
func loops(class string) bool {
	m, _ := catalog.Named(class)
	return m.Discipline != nil && m.Discipline(models.Params{Workers: 1, Threads: 1, Connections: 1}).Lock == models.Loop
}
