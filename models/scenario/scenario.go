package scenario

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/catalog"
)

// A Scenario is a server, what its handler demands, and a load.
type Scenario struct {
	System   System     `yaml:"system"`
	Cores    int        `yaml:"cores"`    // that the server has
	Overhead Overhead   `yaml:"overhead"` // of the server itself
	Handler  []Demand   `yaml:"handler"`  // steps in order; or …
	Mix      []Endpoint `yaml:"mix"`      // … several handlers, each with its weight
	Load     Load       `yaml:"load"`
	Seed     uint64     `yaml:"seed"`
}

// A System is a server's configuration, in the words of its command line.
type System struct {
	Class       string        `yaml:"class"`
	Workers     int           `yaml:"workers"`
	Threads     int           `yaml:"threads"`
	Connections int           `yaml:"worker_connections"`
	GIL         bool          `yaml:"gil"`
	Switch      time.Duration `yaml:"switch_interval"`
	Backlog     int           `yaml:"backlog"`
	KeepAlive   time.Duration `yaml:"keepalive"`
	Timeout     time.Duration `yaml:"timeout"`
	MaxRequests int           `yaml:"max_requests"`
	Jitter      int           `yaml:"max_requests_jitter"`
	Boot        time.Duration `yaml:"boot"` // work of a worker before it serves
	Bias        float64       `yaml:"bias"` // how unequal workers are in the race for a connection (sim.Config)
}

// An Overhead is work that the server does itself, on a core.
type Overhead struct {
	Request      time.Duration `yaml:"request"`      // for each request
	Connection   time.Duration `yaml:"connection"`   // for each connection
	Wake         time.Duration `yaml:"wake"`         // of a worker that is told of a connection
	Acquisitions int           `yaml:"acquisitions"` // of the lock by a request
}

// A Demand is a step of a handler: work on a core, or a wait off it.
type Demand struct {
	CPU  time.Duration `yaml:"cpu"`
	Wait time.Duration `yaml:"wait"`
	Dist string        `yaml:"dist"` // fixed (default), exp or lognormal
	CV   float64       `yaml:"cv"`   // of lognormal: standard deviation over mean
}

// An Endpoint is a handler that some of the requests are for.
type Endpoint struct {
	Name    string   `yaml:"name"`
	Weight  float64  `yaml:"weight"`
	Handler []Demand `yaml:"handler"`
}

// A Load is what clients do.
type Load struct {
	Arrivals  string        `yaml:"arrivals"` // poisson, constant or closed
	Rate      float64       `yaml:"rate"`     // requests/s of an open loop
	Clients   int           `yaml:"clients"`  // of a closed loop
	Think     time.Duration `yaml:"think"`    // mean time between an answer and the next request
	ThinkDist string        `yaml:"think_dist"`
	Duration  time.Duration `yaml:"duration"`
	WarmUp    time.Duration `yaml:"warmup"`
	KeepAlive bool          `yaml:"keepalive"` // connections are used again
	Patience  time.Duration `yaml:"patience"`  // after which a client gives up
}

// defaults are the server's, and a minute of load.
func defaults() Scenario {
	return Scenario{
		System: System{
			Class: "sync", Workers: 1, Threads: 1, Connections: 1000, Backlog: 2048,
			KeepAlive: 2 * time.Second, Timeout: 30 * time.Second, Switch: 5 * time.Millisecond,
		},
		Cores: 1,
		Load:  Load{Arrivals: "poisson", Duration: time.Minute, WarmUp: 5 * time.Second, Patience: 30 * time.Second, ThinkDist: exponential},
		Seed:  1,
	}
}

// Parse reads a scenario file. Its errors name the line, what is wrong with it, and the remedy.
func Parse(r io.Reader) (Scenario, error) {
	s := defaults()
	data, err := io.ReadAll(io.LimitReader(r, longest+1))
	switch {
	case err != nil:
		return Scenario{}, fmt.Errorf("read the scenario: %w", err)
	case len(data) > longest:
		return Scenario{}, fmt.Errorf("scenario: the file is longer than %d KiB, and a scenario is some lines of YAML: is it another file?", longest>>10)
	}
	node, err := document(data)
	if err == nil {
		err = fit(node, reflect.TypeFor[Scenario](), "a scenario")
	}
	if err != nil {
		return Scenario{}, fmt.Errorf("scenario: %w", err)
	}
	if err := yaml.NodeToValue(node, &s, yaml.Strict()); err != nil {
		return Scenario{}, fmt.Errorf("scenario: %s", yaml.FormatError(err, false, true))
	}
	if err := s.check(); err != nil {
		return Scenario{}, fmt.Errorf("scenario: %w", err)
	}
	return s, nil
}

// check reports all that means nothing, each with its remedy.
func (s *Scenario) check() error {
	var faults faults
	_, known := s.model()
	mean := ""
	if near := nearest(s.System.Class, catalog.Names()); near != "" {
		mean = "did you mean " + near + "? "
	}
	faults.unless(known, "system.class %q: %swant one of %v", s.System.Class, mean, catalog.Names())
	y := s.System
	for _, size := range []struct {
		name    string
		n, most int
	}{
		{"system.workers", y.Workers, mostWorkers},
		{"system.threads", y.Threads, mostRequests},
		{"system.worker_connections", y.Connections, mostConnections},
		{"cores", s.Cores, mostWorkers},
	} {
		faults.unless(size.n >= 1 && size.n <= size.most, "%s is %d: want from 1 to %d", size.name, size.n, size.most)
	}
	wrong := len(faults) > 0
	faults.unless(wrong || y.Workers*y.Threads <= mostRequests, "system: %d workers of %d threads: want at most %d threads in all", y.Workers, y.Threads, mostRequests)
	faults.unless(wrong || y.Workers*y.Connections <= mostConnections, "system: %d workers of %d connections: want at most %d connections in all", y.Workers, y.Connections, mostConnections)
	for _, time := range []struct {
		name string
		d    time.Duration
	}{
		{"system.switch_interval", y.Switch},
		{"system.keepalive", y.KeepAlive},
		{"system.timeout", y.Timeout},
		{"system.boot", y.Boot},
		{"overhead.request", s.Overhead.Request},
		{"overhead.connection", s.Overhead.Connection},
		{"overhead.wake", s.Overhead.Wake},
		{"load.think", s.Load.Think},
		{"load.warmup", s.Load.WarmUp},
		{"load.patience", s.Load.Patience},
	} {
		faults.unless(time.d >= 0, "%s is %v: want 0 or more", time.name, time.d)
	}
	faults.unless(y.Backlog >= 0 && y.MaxRequests >= 0 && y.Jitter >= 0, "system: backlog, max_requests and max_requests_jitter are 0 or more")
	faults.unless(y.Bias >= 0 && y.Bias <= 5, "system.bias is %g: want 0 (all workers alike) to 5", y.Bias)
	faults.unless(y.Threads == 1 || y.Class == "gthread", "system.threads is %d: class %s has no threads, gthread has", y.Threads, y.Class)
	faults.unless(y.Threads <= y.Connections, "system.threads is %d, more than the %d connections that a worker holds: raise worker_connections", y.Threads, y.Connections)
	s.checkHandlers(&faults)
	s.checkLoad(&faults)
	return errors.Join(faults...)
}

func (s *Scenario) checkHandlers(f *faults) {
	f.unless((len(s.Handler) > 0) != (len(s.Mix) > 0), "either a handler or a mix of handlers is needed, as in handler: [{cpu: 2ms}, {wait: 20ms}]")
	for i, d := range s.Handler {
		d.check(f, fmt.Sprintf("handler[%d]", i))
	}
	for i, e := range s.Mix {
		f.unless(e.Weight > 0 && e.Weight <= 1e6, "mix[%d].weight is %g: want more than 0, up to 1e6", i, e.Weight)
		f.unless(len(e.Handler) > 0, "mix[%d] has no handler", i)
		for k, d := range e.Handler {
			d.check(f, fmt.Sprintf("mix[%d].handler[%d]", i, k))
		}
	}
}

func (d Demand) check(f *faults, where string) {
	const most = time.Hour
	f.unless(d.CPU == 0 || d.Wait == 0, "%s: a step is either {cpu: TIME} or {wait: TIME}: make two of it", where)
	f.unless(d.CPU != 0 || d.Wait != 0, "%s demands nothing: want {cpu: TIME} or {wait: TIME} of more than 0, or leave it out", where)
	f.unless(d.CPU >= 0 && d.CPU <= most, "%s.cpu is %v: want more than 0, up to %v", where, d.CPU, most)
	f.unless(d.Wait >= 0 && d.Wait <= most, "%s.wait is %v: want more than 0, up to %v", where, d.Wait, most)
	switch d.Dist {
	case "", fixed, exponential:
		f.unless(d.CV == 0, "%s: cv is for dist: lognormal", where)
	case lognormal:
		f.unless(d.CV > 0 && d.CV <= 10, "%s: cv is %g: want more than 0, up to 10", where, d.CV)
	default:
		f.unless(false, "%s: dist %q: want fixed, exp or lognormal", where, d.Dist)
	}
}

func (s *Scenario) checkLoad(f *faults) {
	l := s.Load
	f.unless(l.Duration > 0 && l.Duration <= 24*time.Hour, "load.duration is %v: want more than 0, up to a day", l.Duration)
	switch l.Arrivals {
	case closed:
		f.unless(l.Clients >= 1 && l.Clients <= mostConnections, "load.clients is %d: a closed loop wants from 1 to %d", l.Clients, mostConnections)
		f.unless(l.Rate == 0, "load.rate: a closed loop has clients, and no rate")
		f.unless(l.ThinkDist == fixed || l.ThinkDist == exponential, "load.think_dist %q: want fixed or exp", l.ThinkDist)
	case "poisson", "constant":
		f.unless(l.Rate > 0 && l.Rate <= mostRate, "load.rate is %g: an open loop wants requests/s, more than 0 and up to %d", l.Rate, mostRate)
		f.unless(l.Clients == 0, "load.clients: an open loop has a rate, and no clients (arrivals: closed)")
	default:
		f.unless(false, "load.arrivals %q: want poisson, constant or closed", l.Arrivals)
	}
}

// The largest that are simulated, and for which the closed forms are worked out.
const (
	mostWorkers     = 1000
	mostRequests    = 10_000 // that threads serve at once
	mostConnections = 1_000_000
	mostRate        = 1_000_000
)

const (
	fixed       = "fixed"
	exponential = "exp"
	lognormal   = "lognormal"
	closed      = "closed"
)

// faults gathers what is wrong.
type faults []error

func (f *faults) unless(good bool, format string, args ...any) {
	if !good {
		*f = append(*f, fmt.Errorf(format, args...))
	}
}

// Requests is about how many requests a replication of the simulation has.
func (s *Scenario) Requests() float64 {
	rate := s.Load.Rate
	if s.Load.Arrivals == closed {
		w := s.Workload()
		rate = min(s.Predict().Throughput, float64(w.Clients)/(w.CPU+w.Wait+s.Load.Think).Seconds())
	}
	return rate * (s.Load.WarmUp + s.Load.Duration).Seconds()
}

// model is the worker class.
func (s *Scenario) model() (models.Model, bool) { return catalog.Named(s.System.Class) }
