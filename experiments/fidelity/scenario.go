package fidelity

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/models/spec"
)

// A Handler is what a request demands of the application: first to compute, then to wait.
type Handler struct {
	CPU, Wait time.Duration
	Drawn     bool // each wait has a length of its own, exponential with that mean
}

// Do are the demands as both applications take them, with some more to compute before them.
func (h Handler) Do(more time.Duration) string {
	var steps []string
	for _, computing := range []time.Duration{more, h.CPU} {
		if computing > 0 {
			steps = append(steps, "cpu:"+computing.String())
		}
	}
	switch {
	case h.Wait > 0 && h.Drawn:
		steps = append(steps, "wait:exp("+h.Wait.String()+")")
	case h.Wait > 0:
		steps = append(steps, "wait:"+h.Wait.String())
	}
	return strings.Join(steps, ",")
}

// The handlers: two mostly wait, one only computes. Waits of one length would make whoever comes behind one
// late by just that length, and a quantile jump from none to one; so they are drawn where a worker is held.
var (
	waits    = Handler{CPU: time.Millisecond, Wait: 20 * time.Millisecond}
	varies   = Handler{CPU: time.Millisecond, Wait: 20 * time.Millisecond, Drawn: true}
	computes = Handler{CPU: 5 * time.Millisecond}
)

// A Scenario is a class and a handler along an axis. A closed loop of so many clients tells of throughput;
// without clients the loop is open, arrivals are random, and it tells of latency.
type Scenario struct {
	Class   string
	Workers int
	Threads int // of each worker
	Clients int // of a closed loop: more than can be held
	Handler Handler
	Place   trial.Place
	Axis    Axis
	At      []float64 // points on the axis
}

// An Axis is what a scenario varies.
type Axis string

// The axes.
const (
	Workers Axis = "workers"
	Threads Axis = "threads"
	Clients Axis = "clients"
	Load    Axis = "load" // the rate of arrivals, as a share of what the server can serve
)

// Scenarios are all that are compared.
func Scenarios() []Scenario {
	cores := []float64{1, 2, 4}
	crowd, loads := []float64{1, 8, 32, 64}, []float64{0.4, 0.55, 0.7}
	return []Scenario{
		{Class: "sync", Clients: 32, Handler: waits, Axis: Workers, At: []float64{1, 2, 4, 8}},
		{Class: "gthread", Workers: 1, Clients: 32, Handler: waits, Axis: Threads, At: []float64{1, 4, 16}},
		{Class: "gevent", Workers: 1, Handler: waits, Axis: Clients, At: crowd},
		{Class: "eventlet", Workers: 1, Handler: waits, Axis: Clients, At: crowd},
		{Class: "tornado", Clients: 32, Handler: waits, Axis: Workers, At: cores},

		{Class: "sync", Clients: 16, Handler: computes, Place: trial.Share, Axis: Workers, At: cores},
		{Class: "gthread", Workers: 1, Clients: 16, Handler: computes, Place: trial.Share, Axis: Threads, At: []float64{1, 4}},
		{Class: "gevent", Clients: 16, Handler: computes, Place: trial.Share, Axis: Workers, At: []float64{1, 2}},

		{Class: "sync", Workers: 4, Handler: varies, Axis: Load, At: loads},
		{Class: "gthread", Workers: 1, Threads: 4, Handler: varies, Axis: Load, At: loads},
		{Class: "gevent", Workers: 1, Handler: waits, Axis: Load, At: loads},
		{Class: "eventlet", Workers: 1, Handler: waits, Axis: Load, At: loads},
		{Class: "tornado", Workers: 4, Handler: varies, Axis: Load, At: loads},
	}
}

// Figures are the names of what is compared of the scenario's runs. In a closed loop the time of an answer
// follows from the throughput, and in an open one the throughput from the load.
func (s Scenario) Figures() []string {
	if s.Axis == Load {
		return []string{median, p95}
	}
	return []string{throughput}
}

// String is the scenario in few words: "gthread 1×4, cpu:1ms,wait:20ms".
func (s Scenario) String() string {
	shape := s.Class
	switch s.Axis {
	case Threads:
		shape += fmt.Sprintf(" %d×T", s.Workers)
	case Workers:
		shape += " W×1"
	case Clients, Load:
		shape += fmt.Sprintf(" %d×%d", s.Workers, max(1, s.Threads))
	}
	return shape + ", " + s.Handler.Do(0)
}

// Point names a point of the axis: "4 workers", "load 60 %".
func (s Scenario) Point(at float64) string {
	switch {
	case s.Axis == Load:
		return fmt.Sprintf("load %.0f %%", 100*at)
	case at == 1:
		return "1 " + strings.TrimSuffix(string(s.Axis), "s")
	}
	return fmt.Sprintf("%.0f %s", at, s.Axis)
}

// server is the configuration at a point.
func (s Scenario) server(at float64) spec.Server {
	server := catalog.Python(spec.Server{Class: s.Class, Workers: s.Workers, Threads: s.Threads})
	switch s.Axis {
	case Workers:
		server.Workers = int(at)
	case Threads:
		server.Threads = int(at)
	case Clients, Load:
	}
	return server
}

// How long a run is measured. An open loop needs 200 requests for its 95th percentile, at 40 % of what four
// sync workers serve.
const (
	closedWindow = 1500 * time.Millisecond
	openWindow   = 3500 * time.Millisecond
)

// trial is the run of a software at a point: of gunicorn with the handler as it is, of ours with so much
// more to compute as gunicorn takes more for a request.
func (s Scenario) trial(system string, at float64, took Cost) trial.Trial {
	t := trial.Trial{
		System: system, Server: s.server(at), Place: s.Place, Group: s.String() + " " + string(s.Axis),
		Load: spec.Load{Do: s.Handler.Do(0), Clients: s.Clients}, Window: closedWindow, Memory: trial.NotRead,
	}
	if system == "" {
		t.Load.Do = s.Handler.Do(took.More())
	}
	switch s.Axis {
	case Clients:
		t.Load.Clients = int(at)
	case Load:
		t.Window = openWindow
		t.Load.Rate, t.Load.Arriving = math.Round(at*s.capacity(took)), spec.Exponential
	case Workers, Threads:
	}
	return t
}

// capacity is about how many requests a second gunicorn serves: as many as its core computes, and no more
// than it holds.
func (s Scenario) capacity(took Cost) float64 {
	served := 1 / took.Theirs
	if m, _ := catalog.Named(s.Class); m.Greenlets != "" {
		return served
	}
	return min(served, float64(s.Workers*max(1, s.Threads))/(took.Theirs+s.Handler.Wait.Seconds()))
}
