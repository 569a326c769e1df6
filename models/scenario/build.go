package scenario

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/workerlab/workerlab/loadgen/arrival"
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/sim"
	"github.com/workerlab/workerlab/server/task"
)

// Params are the server's size, as the closed forms take it.
func (s *Scenario) Params() models.Params {
	y := s.System
	return models.Params{Workers: y.Workers, Threads: y.Threads, Connections: y.Connections, Cores: s.Cores, Locked: y.GIL}
}

// Workload is the mean demand of a request, the server's own work with it.
func (s *Scenario) Workload() models.Workload {
	w := models.Workload{CPU: s.Overhead.Request, Clients: s.Load.Clients, Rate: s.Load.Rate}
	if !s.Load.KeepAlive || s.System.KeepAlive == 0 || s.System.Class == "sync" {
		w.CPU += s.Overhead.Connection
	}
	total := 0.0
	for _, e := range s.endpoints() {
		total += e.Weight
	}
	var cpu, wait moments
	for _, e := range s.endpoints() {
		c, d := momentsOf(e.Handler)
		cpu.add(c, e.Weight/total)
		wait.add(d, e.Weight/total)
		w.Waits = max(w.Waits, waits(e.Handler))
	}
	w.CPU += time.Duration(cpu.mean)
	w.Wait = time.Duration(wait.mean)
	w.CPUCV, w.WaitCV = cpu.spread()/max(1, float64(w.CPU)), wait.spread()/max(1, wait.mean)
	return w
}

// moments are those of a random time, in nanoseconds.
type moments struct{ mean, square float64 }

func (m *moments) add(o moments, share float64) {
	m.mean += share * o.mean
	m.square += share * o.square
}

// spread is the standard deviation.
func (m moments) spread() float64 { return math.Sqrt(max(0, m.square-m.mean*m.mean)) }

// momentsOf are those of a handler's work and of its waits, whose steps are independent.
func momentsOf(handler []Demand) (cpu, wait moments) {
	var cpuVariance, waitVariance float64
	for _, d := range handler {
		cv := map[string]float64{exponential: 1, lognormal: d.CV}[d.Dist]
		cpu.mean, wait.mean = cpu.mean+float64(d.CPU), wait.mean+float64(d.Wait)
		cpuVariance += math.Pow(cv*float64(d.CPU), 2)
		waitVariance += math.Pow(cv*float64(d.Wait), 2)
	}
	cpu.square, wait.square = cpuVariance+cpu.mean*cpu.mean, waitVariance+wait.mean*wait.mean
	return cpu, wait
}

func waits(handler []Demand) (n int) {
	for _, d := range handler {
		if d.Wait > 0 {
			n++
		}
	}
	return n
}

// endpoints are the handlers with their weights.
func (s *Scenario) endpoints() []Endpoint {
	if len(s.Mix) > 0 {
		return s.Mix
	}
	return []Endpoint{{Weight: 1, Handler: s.Handler}}
}

// Predict is the throughput at saturation by the class's closed form.
func (s *Scenario) Predict() models.Prediction {
	m, _ := s.model()
	return m.Predict(s.Workload(), s.Params())
}

// Config is the server in virtual time.
func (s *Scenario) Config() sim.Config {
	m, _ := s.model()
	y := s.System
	return sim.Config{
		Discipline: m.Discipline(s.Params()), Workers: y.Workers, Cores: s.Cores,
		Switch: y.Switch, Acquisitions: s.Overhead.Acquisitions, Backlog: y.Backlog, KeepAlive: y.KeepAlive,
		Timeout: y.Timeout, MaxRequests: y.MaxRequests, Jitter: y.Jitter, Boot: y.Boot, Bias: y.Bias,
		Wake: s.Overhead.Wake, Connect: s.Overhead.Connection, Request: s.Overhead.Request,
	}
}

// SimLoad is the load in virtual time. Each replication has its own arrivals and demands.
func (s *Scenario) SimLoad() sim.Load {
	l := sim.Load{
		Demands: s.demands(), KeepAlive: s.Load.KeepAlive, Patience: s.Load.Patience,
		WarmUp: s.Load.WarmUp, Window: s.Load.Duration,
	}
	switch s.Load.Arrivals {
	case closed:
		l.Clients = s.Load.Clients
		if think := s.Load.Think; think > 0 {
			step := Demand{Wait: think, Dist: s.Load.ThinkDist}
			l.Think = func(random *rand.Rand) time.Duration { return step.draw(think, random) }
		}
	case "constant":
		l.Arrivals = func(uint64) arrival.Schedule { return arrival.Constant(s.Load.Rate) }
	default:
		l.Arrivals = func(replication uint64) arrival.Schedule {
			return arrival.Poisson(s.Load.Rate, s.Seed+replication*0x9e3779b97f4a7c15)
		}
	}
	return l
}

// demands draws the steps of each request. Where nothing is random all requests have the same list.
func (s *Scenario) demands() func(int, *rand.Rand) []task.Step {
	endpoints := s.endpoints()
	if len(endpoints) == 1 && !random(endpoints[0].Handler) {
		steps := draw(endpoints[0].Handler, nil)
		return func(int, *rand.Rand) []task.Step { return steps }
	}
	total := 0.0
	for _, e := range endpoints {
		total += e.Weight
	}
	return func(_ int, r *rand.Rand) []task.Step {
		left := r.Float64() * total
		for _, e := range endpoints[:len(endpoints)-1] {
			if left -= e.Weight; left < 0 {
				return draw(e.Handler, r)
			}
		}
		return draw(endpoints[len(endpoints)-1].Handler, r)
	}
}

func random(handler []Demand) bool {
	for _, d := range handler {
		if d.Dist == exponential || d.Dist == lognormal {
			return true
		}
	}
	return false
}

func draw(handler []Demand, r *rand.Rand) []task.Step {
	steps := make([]task.Step, 0, len(handler))
	for _, d := range handler {
		step := task.Step{Kind: task.OnCPU, For: d.draw(d.CPU, r)}
		if d.Wait > 0 {
			step = task.Step{Kind: task.OffCPU, For: d.draw(d.Wait, r)}
		}
		steps = append(steps, step)
	}
	return steps
}

// draw is a time with that mean.
func (d Demand) draw(mean time.Duration, r *rand.Rand) time.Duration {
	switch d.Dist {
	case exponential:
		return time.Duration(r.ExpFloat64() * float64(mean))
	case lognormal:
		variance := math.Log(1 + d.CV*d.CV) // of the logarithm
		return time.Duration(float64(mean) * math.Exp(math.Sqrt(variance)*r.NormFloat64()-variance/2))
	}
	return mean
}
