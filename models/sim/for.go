package sim

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/workerlab/workerlab/loadgen/arrival"
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/des"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/server/task"
)

// For is a server of a class in virtual time, on a machine and with the work that it does itself: the one way
// from a description to a simulation. Cores are given out as Linux does it, and workers race for connections
// as they were found to, unless the machine says otherwise.
func For(m models.Model, s spec.Server, on spec.Machine, o spec.Overhead) Config {
	s = s.Filled()
	c := Config{
		Discipline: m.Discipline(s), Workers: s.Workers, Cores: max(1, on.Cores),
		Switch: s.Switch, Acquisitions: o.Acquisitions, Backlog: s.Backlog,
		KeepAlive: spec.On(s.KeepAlive), Timeout: spec.On(s.Timeout),
		MaxRequests: s.MaxRequests, Jitter: s.Jitter, Boot: s.Boot,
		Wake: o.Wake, Connect: o.Connection, Request: o.Request, Outside: o.Outside, Client: o.Client,
		Bias: on.Bias, Barging: Barging().Estimate,
	}
	if c.Acquisitions == 0 {
		c.Acquisitions = int(Acquisitions().Estimate)
	}
	if on.Somaxconn > 0 {
		c.Backlog = min(c.Backlog, on.Somaxconn)
	}
	if on.Scheduler == spec.Kernel {
		c.Scheduler = Linux(c.Cores)
	}
	switch on.Bias {
	case 0:
		c.Bias = Bias(c.Workers, c.Cores).Estimate
	case spec.Fair:
		c.Bias = 0
	}
	return c
}

// LoadOf is what clients do in virtual time, without warm-up and window, which the caller sets. Each
// replication has arrivals of its own, drawn from the seed.
func LoadOf(l spec.Load, seed uint64) Load {
	steps := spec.Steps(l.Mix)
	out := Load{
		Clients: l.Clients, KeepAlive: l.KeepAlive, Patience: l.Patience(),
		Demands: func(_ int, random *rand.Rand) []task.Step { return steps(random) },
	}
	switch {
	case l.Clients > 0:
		if l.Think > 0 {
			out.Think = func(random *rand.Rand) time.Duration { return l.Thinking.Draw(l.Think, 0, random) }
		}
	case l.Arriving == spec.Exponential:
		out.Arrivals = func(replication uint64) arrival.Schedule {
			return arrival.Poisson(l.Rate, seed+replication*0x9e3779b97f4a7c15)
		}
	default:
		out.Arrivals = func(uint64) arrival.Schedule { return arrival.Constant(l.Rate) }
	}
	return out
}

// A Constant is a figure of the physics that no document gives and that was fitted to measurements on so many
// cores. On as many it is the Estimate; elsewhere it lies between Low and High.
type Constant struct {
	Name string
	stat.Interval
	Cores int
	From  string // the measurements
}

// fitted is a constant that was fitted to measurements.
func fitted(name string, estimate, low, high float64, from string) Constant {
	return Constant{name, stat.Interval{Estimate: estimate, Low: low, High: high}, fittedOn, from}
}

// fittedOn is how many cores the machines had on which constants were fitted.
const fittedOn = 2

// Bias is how unequal so many workers are in the race for a connection (Config.Bias), on so many cores. Woken
// together, as many as there are cores run at once and get nearly equal shares; the others mostly come too
// late.
func Bias(workers, cores int) Constant {
	const from = "accept-balance on two cores: the busiest of two gunicorn workers served 50 to 56 % of the requests, that of four 38 to 45 %, and the idlest of four 1 to 9 %"
	if workers <= cores {
		return fitted("bias of the race", 0.2, 0, 0.5, from)
	}
	return fitted("bias of the race", 0.9, 0.3, 1.5, from)
}

// Acquisitions are how often a request of gunicorn's gthread takes the lock, beside its acceptor and the end of
// its waits (Config.Acquisitions).
func Acquisitions() Constant {
	const from = "accuracy: what background load that holds the lock costs a request, divided by what each such thread costs each time"
	return fitted("acquisitions of the lock by a request", 4, 3, 6, from)
}

// Barging is how often a thread that asks for the lock takes it itself when it is dropped (Config.Barging): it is
// awake, and the holder drops the lock within a microsecond, while the one that the drop wakes needs many of them
// to run.
func Barging() Constant {
	const from = "traces of CPython 3.11 to 3.13 under Linux 6.18 (package giltest)"
	return fitted("barging at the lock", 0.45, 0.2, 0.7, from)
}

// Balance is how soon an idle core takes a job over, in seconds (des.Scheduler).
func Balance() Constant {
	const from = "gunicorn's response times on two cores under Linux 6.18; looked at from near, it took 0.1 to 4.5 ms"
	return fitted("time until an idle core takes a job over", 8e-3, 1e-3, 8e-3, from)
}

// Linux is the kernel's fair scheduler on so many cores. A slice is 0.7 ms, and longer on more of them
// (kernel/sched: sysctl_sched_base_slice, times 1 + log₂ of eight cores at most).
func Linux(cores int) *des.Scheduler {
	slice := 0.7 * (1 + math.Log2(float64(min(max(1, cores), 8)))) // ms
	return &des.Scheduler{Slice: time.Duration(slice * float64(time.Millisecond)), Balance: time.Duration(Balance().Estimate * 1e9)}
}

// Fitted are the constants that the configuration rests on, but that were fitted on another number of cores.
func (c Config) Fitted() (elsewhere []Constant) {
	if c.Cores == fittedOn {
		return nil
	}
	if b := Bias(c.Workers, c.Cores); c.Holds > 0 && c.Workers > 1 && c.Bias == b.Estimate {
		elsewhere = append(elsewhere, b)
	}
	if c.Scheduler != nil && c.Cores > 1 {
		elsewhere = append(elsewhere, Balance())
	}
	if c.Lock == models.Switching && c.Slots > 1 {
		elsewhere = append(elsewhere, Barging())
	}
	if c.Lock == models.Switching && c.Request > 0 {
		elsewhere = append(elsewhere, Acquisitions())
	}
	return elsewhere
}

// Drawn is the configuration with its fitted constants drawn from where they may lie on so many cores.
func (c Config) Drawn(random *rand.Rand) Config {
	for _, k := range c.Fitted() {
		switch x := k.Low + random.Float64()*(k.High-k.Low); k.Name {
		case Balance().Name:
			c.Scheduler = &des.Scheduler{Slice: c.Scheduler.Slice, Balance: time.Duration(x * 1e9)}
		case Acquisitions().Name:
			c.Acquisitions = int(math.Round(x))
		case Barging().Name:
			c.Barging = x
		default:
			c.Bias = x
		}
	}
	return c
}
