package catalog

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/des"
	"github.com/workerlab/workerlab/models/sim"
	"github.com/workerlab/workerlab/models/spec"
)

const onCores = 2

// A holding is a size of a model whose simulation is held to the closed form. It computes and waits
// exponentially, so that the closed forms hold.
type holding struct {
	name  string
	model string
	size  spec.Server
	do    string
	slack float64 // by which the closed form itself may be off, as a share; 0: it is exact
}

// sized are the sizes of every class, with and without what a lock changes.
func sized() []holding {
	one := spec.Server{Workers: 1, Threads: 6, Connections: 1000}
	six, lock := one, one
	six.Workers, six.Threads = 6, 1
	lock.GIL = true
	return []holding{
		{name: "sync, 6 workers", model: "sync", size: six},
		{name: "gthread, 6 threads", model: "gthread", size: one},
		{name: "gthread, 6 threads, lock", model: "gthread", size: lock},
		{name: "gevent", model: "gevent", size: lock},
		{name: "eventlet", model: "eventlet", size: lock},
		{name: "tornado", model: "tornado", size: lock},
		{name: "asgi", model: "asgi", size: lock},
		{name: "process", model: "process", size: one},
	}
}

const (
	computes = "cpu:exp(3ms)"
	waits    = "wait:exp(20ms)"
)

// Every class is held to its closed form.
func TestEveryModelIsHeldToItsTheory(t *testing.T) {
	for _, m := range Models() {
		if !slices.ContainsFunc(sized(), func(h holding) bool { return h.model == m.Name }) {
			t.Errorf("%s is not", m.Name)
		}
	}
}

// At saturation a job holds its server through work and waits, and the closed network is exact: in the interval
// of the simulation. Only where tornado's workers have queues of their own may one of them run out of work.
func TestSaturationIsTheClosedForm(t *testing.T) {
	all := sized()
	for i := range all {
		all[i].do = computes + "," + waits
	}
	apart := all[0]
	apart.name, apart.model, apart.slack = "tornado, 6 workers", "tornado", 0.005
	for _, h := range append(all, apart) {
		t.Run(h.name, func(t *testing.T) {
			load := h.load(t)
			load.Clients = 24
			want := h.predict(t, load).Throughput
			h.check(t, load, want, want, "requests/s", func(r *sim.Result) float64 { return r.Throughput })
		})
	}
}

// The mean response to an open load at 60 % of the capacity: exact where the prediction says so, or else off by no more
// than it says. Where requests do but one thing it has to be exact, for the classes are queues whose answers are known:
// M/M/c of those that wait, M/M/1 of a loop's or a lock's work, or no queue at all.
func TestOpenLoadIsTheClosedForm(t *testing.T) {
	for _, h := range sized() {
		for name, do := range map[string]string{"computes": computes, "waits": waits, "computes and waits": computes + "," + waits} {
			h.do = do
			t.Run(h.name+", "+name, func(t *testing.T) { h.checkOpen(t) })
		}
	}
}

func (h holding) checkOpen(t *testing.T) {
	load := h.load(t)
	load.Arriving = spec.Exponential
	load.Rate = 0.6 * h.predict(t, load).Throughput
	if h.do == waits && modelOf(t, h.model).Discipline(h.size).Slots == 0 {
		load.Rate = 200 // any: it waits for all of them at once
	}
	p := h.predict(t, load)
	if single := h.do == waits || h.do == computes; p.Declined != "" || single && p.Off > 0 {
		t.Fatalf("predicted %+v", p)
	}
	h.slack = p.Off
	h.check(t, load, load.Rate, p.Response, "s", func(r *sim.Result) float64 { return r.Mean().Seconds() })
}

// ideal is the machine that the closed forms know.
func ideal() spec.Machine {
	return spec.Machine{Cores: onCores, Scheduler: spec.Ideal, Bias: spec.Fair}
}

func (h holding) load(t *testing.T) spec.Load {
	t.Helper()
	do, err := spec.ParseDemands(h.do)
	if err != nil {
		t.Fatal(err)
	}
	return spec.Load{Mix: []spec.Endpoint{{Weight: 1, Do: do}}}
}

func (h holding) predict(t *testing.T, l spec.Load) models.Prediction {
	t.Helper()
	return modelOf(t, h.model).Predict(h.size, ideal(), spec.Overhead{}, l)
}

// check compares a figure of the simulation with what the closed form says. The number of replications is fixed: an
// interval that one stops at when it is narrow holds the truth too seldom.
func (h holding) check(t *testing.T, load spec.Load, rate, want float64, unit string, figure func(*sim.Result) float64) {
	t.Helper()
	c := sim.For(modelOf(t, h.model), h.size, ideal(), spec.Overhead{Acquisitions: 1})
	l := sim.LoadOf(load, 7)
	l.WarmUp, l.Window = 2*time.Second, time.Duration(4000/rate*float64(time.Second)) // time for enough requests
	got, err := des.Replications([]des.Goal{{Confidence: 0.99, Least: 20, Most: 20}}, func(n uint64) ([]float64, error) {
		r, err := sim.Run(t.Context(), c, l, 3, n, nil)
		return []float64{figure(&r)}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	if e := got[0]; !e.Holds(want) && !(math.Abs(e.Estimate/want-1) <= h.slack) {
		t.Errorf("simulated %.5g ± %.2g %s, predicted %.5g", e.Estimate, e.Half(), unit, want)
	}
}

func modelOf(t *testing.T, name string) models.Model {
	t.Helper()
	m, known := Named(name)
	if !known {
		t.Fatalf("no model of %s", name)
	}
	return m
}
