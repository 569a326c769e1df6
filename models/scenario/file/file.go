package file

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"reflect"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/workerlab/workerlab/models/scenario"
	"github.com/workerlab/workerlab/models/spec"
)

// A wire is a scenario as a file has it.
type wire struct {
	System    system        `yaml:"system"`
	Cores     int           `yaml:"cores"`     // that the server has
	Scheduler string        `yaml:"scheduler"` // kernel (default) or ideal
	Overhead  spec.Overhead `yaml:"overhead"`  // of the server itself
	Handler   []step        `yaml:"handler"`   // steps in order; or …
	Mix       []endpoint    `yaml:"mix"`       // … several handlers, each with its weight
	Load      load          `yaml:"load"`
	Seed      uint64        `yaml:"seed"`
}

type system struct {
	spec.Server `yaml:",inline"`

	Bias *float64 `yaml:"bias"` // how unequal workers are in the race for a connection (spec.Machine)
}

// A step is a demand: work on a core, or a wait off it.
type step struct {
	CPU  time.Duration `yaml:"cpu"`
	Wait time.Duration `yaml:"wait"`
	Dist string        `yaml:"dist"` // fixed (default), exp or lognormal
	CV   float64       `yaml:"cv"`   // of lognormal: standard deviation over mean
}

type endpoint struct {
	Name    string  `yaml:"name"`
	Weight  float64 `yaml:"weight"`
	Handler []step  `yaml:"handler"`
}

type load struct {
	Arrivals  string        `yaml:"arrivals"` // poisson, constant or closed
	Rate      float64       `yaml:"rate"`     // requests/s of an open loop
	Clients   int           `yaml:"clients"`  // of a closed loop
	Think     time.Duration `yaml:"think"`    // mean time between an answer and the next request
	ThinkDist string        `yaml:"think_dist"`
	Duration  time.Duration `yaml:"duration"`
	WarmUp    time.Duration `yaml:"warmup"`
	KeepAlive bool          `yaml:"keepalive"` // connections are used again
	Patience  time.Duration `yaml:"patience"`  // after which a client gives up; 0: it does not
}

// Parse reads a scenario file. Its errors name the line, what is wrong with it, and the remedy.
func Parse(r io.Reader) (scenario.Scenario, error) {
	s, err := parse(r)
	if err != nil {
		return scenario.Scenario{}, fmt.Errorf("scenario: %w", err)
	}
	return s, nil
}

func parse(r io.Reader) (s scenario.Scenario, err error) {
	data, err := io.ReadAll(io.LimitReader(r, longest+1))
	switch {
	case err != nil:
		return s, fmt.Errorf("read the file: %w", err)
	case len(data) > longest:
		return s, fmt.Errorf("the file is longer than %d KiB, and a scenario is some lines of YAML: is it another file?", longest>>10)
	}
	node, err := document(data)
	if err == nil {
		err = fit(node, reflect.TypeFor[wire](), "a scenario")
	}
	if err != nil {
		return s, err
	}
	w := defaults()
	if err := yaml.NodeToValue(node, &w, yaml.Strict()); err != nil {
		return s, errors.New(yaml.FormatError(err, false, true))
	}
	return w.scenario()
}

// defaults are those of a scenario.
func defaults() wire {
	s := scenario.Default()
	return wire{
		System: system{Server: s.Server}, Cores: s.Machine.Cores, Scheduler: kernel,
		Load: load{Arrivals: poisson, ThinkDist: exponential, Duration: s.Window, WarmUp: s.WarmUp, Patience: s.Load.Timeout},
		Seed: s.Seed,
	}
}

const (
	kernel = "kernel"
	ideal  = "ideal"

	poisson  = "poisson"
	constant = "constant"
	closed   = "closed"

	fixed       = "fixed"
	exponential = "exp"
	lognormal   = "lognormal"
)

// scenario is what the file means, with all that is wrong with it.
func (w *wire) scenario() (scenario.Scenario, error) {
	var f scenario.Faults
	s := scenario.Scenario{
		Server: w.System.Server, Machine: w.machine(&f), Overhead: w.Overhead, Load: w.load(&f),
		WarmUp: w.Load.WarmUp, Window: w.Load.Duration, Seed: w.Seed,
	}
	s.Server.KeepAlive, s.Server.Timeout = orNever(s.Server.KeepAlive), orNever(s.Server.Timeout)
	return s, errors.Join(append(f, s.Check())...)
}

// orNever is a time of which 0 was written for none.
func orNever(d time.Duration) time.Duration { return cmp.Or(d, spec.Never) }

func (w *wire) machine(f *scenario.Faults) spec.Machine {
	m := spec.Machine{Cores: w.Cores}
	switch w.Scheduler {
	case kernel:
	case ideal:
		m.Scheduler = spec.Ideal
	default:
		f.Unless(false, "scheduler %q: want kernel or ideal", w.Scheduler)
	}
	if b := w.System.Bias; b != nil {
		if m.Bias = *b; *b == 0 {
			m.Bias = spec.Fair
		}
		f.Unless(*b >= 0, "system.bias is %g: want 0 (all workers alike) to 5", *b)
	}
	return m
}

func (w *wire) load(f *scenario.Faults) spec.Load {
	l := w.Load
	out := spec.Load{Think: l.Think, KeepAlive: l.KeepAlive, Timeout: orNever(l.Patience), Mix: w.mix(f)}
	switch l.Arrivals {
	case closed:
		f.Unless(l.Clients > 0, "load.clients is %d: a closed loop wants 1 or more", l.Clients)
		f.Unless(l.ThinkDist == fixed || l.ThinkDist == exponential, "load.think_dist %q: want fixed or exp", l.ThinkDist)
		out.Clients, out.Rate = max(1, l.Clients), l.Rate
		if l.ThinkDist == exponential {
			out.Thinking = spec.Exponential
		}
		return out
	case poisson:
		out.Arriving = spec.Exponential
	case constant:
	default:
		f.Unless(false, "load.arrivals %q: want poisson, constant or closed", l.Arrivals)
	}
	f.Unless(l.Clients == 0, "load.clients: an open loop has a rate, and no clients (arrivals: closed)")
	out.Rate = l.Rate
	return out
}

// mix are the handlers with their weights.
func (w *wire) mix(f *scenario.Faults) []spec.Endpoint {
	f.Unless(len(w.Handler) == 0 || len(w.Mix) == 0, "either a handler or a mix of handlers is needed, not both")
	if len(w.Handler) > 0 {
		return []spec.Endpoint{{Weight: 1, Do: demands(w.Handler, "handler", f)}}
	}
	var all []spec.Endpoint
	for i, e := range w.Mix {
		where := fmt.Sprintf("mix[%d]", i)
		f.Unless(e.Weight > 0 && e.Weight <= 1e6, "%s.weight is %g: want more than 0, up to 1e6", where, e.Weight)
		f.Unless(len(e.Handler) > 0, "%s has no handler", where)
		all = append(all, spec.Endpoint{Name: e.Name, Weight: e.Weight, Do: demands(e.Handler, where+".handler", f)})
	}
	return all
}

func demands(steps []step, where string, f *scenario.Faults) (all spec.Demands) {
	for i, s := range steps {
		all = append(all, s.demand(fmt.Sprintf("%s[%d]", where, i), f))
	}
	return all
}

func (s step) demand(where string, f *scenario.Faults) spec.Demand {
	f.Unless(s.CPU == 0 || s.Wait == 0, "%s: a step is either {cpu: TIME} or {wait: TIME}: make two of it", where)
	f.Unless(s.CPU != 0 || s.Wait != 0, "%s demands nothing: want {cpu: TIME} or {wait: TIME} of more than 0, or leave it out", where)
	f.Unless(s.CPU >= 0 && s.CPU <= spec.Longest, "%s.cpu is %v: want more than 0, up to %v", where, s.CPU, spec.Longest)
	f.Unless(s.Wait >= 0 && s.Wait <= spec.Longest, "%s.wait is %v: want more than 0, up to %v", where, s.Wait, spec.Longest)
	d := spec.Demand{Kind: spec.CPU, For: s.CPU}
	if s.Wait != 0 {
		d = spec.Demand{Kind: spec.Wait, For: s.Wait}
	}
	switch s.Dist {
	case "", fixed:
	case exponential:
		d.Law = spec.Exponential
	case lognormal:
		d.Law, d.CV = spec.Lognormal, s.CV
		f.Unless(s.CV > 0 && s.CV <= 10, "%s: cv is %g: want more than 0, up to 10", where, s.CV)
		return d
	default:
		f.Unless(false, "%s: dist %q: want fixed, exp or lognormal", where, s.Dist)
	}
	f.Unless(s.CV == 0, "%s: cv is for dist: lognormal", where)
	return d
}
