package scenario

import (
	"errors"
	"fmt"
	"time"

	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/models/sim"
	"github.com/workerlab/workerlab/models/spec"
)

// A Scenario is a server on a machine, and what clients do: for WarmUp, which does not count, and then for
// Window.
type Scenario struct {
	Server   spec.Server
	Machine  spec.Machine
	Overhead spec.Overhead
	Load     spec.Load
	WarmUp   time.Duration
	Window   time.Duration
	Seed     uint64
}

// Default is a scenario of a server with gunicorn's defaults and a minute of load, which has no demands and
// no rate yet. Its clients are patient for half a minute.
func Default() Scenario {
	return Scenario{
		Server: spec.Server{}.Filled(), Machine: spec.Machine{Cores: 1},
		Load:   spec.Load{Arriving: spec.Exponential, Thinking: spec.Exponential, Timeout: 30 * time.Second},
		WarmUp: 5 * time.Second, Window: time.Minute, Seed: 1,
	}
}

// Model is the worker class; false where there is none of that name.
func (s *Scenario) Model() (models.Model, bool) { return catalog.Named(s.Server.Filled().Class) }

// Predict is what the closed forms say.
func (s *Scenario) Predict() models.Prediction {
	m, _ := s.Model()
	return m.Predict(s.Server, s.Machine, s.Overhead, s.Load)
}

// Simulation is the scenario in virtual time. Each replication has its own arrivals and demands.
func (s *Scenario) Simulation() (sim.Config, sim.Load) {
	m, _ := s.Model()
	load := sim.LoadOf(s.Load, s.Seed)
	load.WarmUp, load.Window = s.WarmUp, s.Window
	return sim.For(m, s.Server, s.Machine, s.Overhead), load
}

// Requests is about how many requests a replication of the simulation has.
func (s *Scenario) Requests() float64 {
	rate := s.Load.Rate
	if s.Load.Clients > 0 {
		m, _ := s.Model()
		rate = m.AtMost(s.Server, s.Machine, s.Overhead, s.Load)
	}
	return rate * (s.WarmUp + s.Window).Seconds()
}

// The largest that are simulated, and for which the closed forms are worked out.
const (
	mostWorkers     = 1000
	mostRequests    = 10_000 // that threads serve at once
	mostConnections = 1_000_000
	mostRate        = 1_000_000
)

// Check reports all that means nothing, each under the key that a file has for it and with its remedy.
func (s *Scenario) Check() error {
	var f Faults
	m, known := s.Model()
	f.Unless(known, "system.class %q: %swant one of %v", s.Server.Class, meant(s.Server.Class), catalog.Names())
	s.checkSizes(&f, m)
	s.checkTimes(&f)
	f.Unless(len(s.Load.Mix) > 0, "either a handler or a mix of handlers is needed, as in handler: [{cpu: 2ms}, {wait: 20ms}]")
	s.checkLoad(&f)
	return errors.Join(f...)
}

func meant(class string) string {
	if near := Nearest(class, catalog.Names()); near != "" {
		return "did you mean " + near + "? "
	}
	return ""
}

func (s *Scenario) checkSizes(f *Faults, m models.Model) {
	y, before := s.Server, len(*f)
	for _, size := range []struct {
		name    string
		n, most int
	}{
		{"system.workers", y.Workers, mostWorkers},
		{"system.threads", y.Threads, mostRequests},
		{"system.worker_connections", y.Connections, mostConnections},
		{"system.backlog", y.Backlog, mostConnections},
		{"cores", s.Machine.Cores, mostWorkers},
	} {
		f.Unless(size.n >= 1 && size.n <= size.most, "%s is %d: want from 1 to %d", size.name, size.n, size.most)
	}
	wrong := len(*f) > before
	f.Unless(wrong || y.Workers*y.Threads <= mostRequests, "system: %d workers of %d threads: want at most %d threads in all", y.Workers, y.Threads, mostRequests)
	f.Unless(wrong || y.Workers*y.Connections <= mostConnections, "system: %d workers of %d connections: want at most %d connections in all", y.Workers, y.Connections, mostConnections)
	f.Unless(y.MaxRequests >= 0 && y.Jitter >= 0, "system: max_requests and max_requests_jitter are 0 or more")
	f.Unless(s.Machine.Bias == spec.Fair || s.Machine.Bias >= 0 && s.Machine.Bias <= 5, "system.bias is %g: want 0 (all workers alike) to 5", s.Machine.Bias)
	f.Unless(y.Threads == 1 || m.Threads, "system.threads is %d: class %s has no threads, %s has", y.Threads, y.Class, catalog.Threaded().Name)
	f.Unless(y.Threads <= y.Connections, "system.threads is %d, more than the %d connections that a worker holds: raise worker_connections", y.Threads, y.Connections)
}

func (s *Scenario) checkTimes(f *Faults) {
	for _, time := range []struct {
		name string
		d    time.Duration
	}{
		{"system.switch_interval", s.Server.Switch},
		{"system.keepalive", s.Server.KeepAlive},
		{"system.timeout", s.Server.Timeout},
		{"system.boot", s.Server.Boot},
		{"overhead.request", s.Overhead.Request},
		{"overhead.outside", s.Overhead.Outside},
		{"overhead.connection", s.Overhead.Connection},
		{"overhead.wake", s.Overhead.Wake},
		{"overhead.client", s.Overhead.Client},
		{"load.think", s.Load.Think},
		{"load.warmup", s.WarmUp},
		{"load.patience", s.Load.Timeout},
	} {
		f.Unless(time.d >= 0 || time.d == spec.Never, "%s is %v: want 0 or more", time.name, time.d)
	}
	f.Unless(s.Window > 0 && s.Window <= 24*time.Hour, "load.duration is %v: want more than 0, up to a day", s.Window)
	f.Unless(s.Overhead.Acquisitions >= 0, "overhead.acquisitions is %d: want 0 or more", s.Overhead.Acquisitions)
}

func (s *Scenario) checkLoad(f *Faults) {
	l := s.Load
	if l.Clients != 0 {
		f.Unless(l.Clients >= 1 && l.Clients <= mostConnections, "load.clients is %d: a closed loop wants from 1 to %d", l.Clients, mostConnections)
		f.Unless(l.Rate == 0, "load.rate: a closed loop has clients, and no rate")
		return
	}
	f.Unless(l.Rate > 0 && l.Rate <= mostRate, "load.rate is %g: an open loop wants requests/s, more than 0 and up to %d", l.Rate, mostRate)
}

// Faults gather what is wrong.
type Faults []error

// Unless notes a fault where what should be good is not.
func (f *Faults) Unless(good bool, format string, args ...any) {
	if !good {
		*f = append(*f, fmt.Errorf(format, args...))
	}
}
