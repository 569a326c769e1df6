package capacity

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/workerlab/workerlab/loadgen/arrival"
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/models/des"
	"github.com/workerlab/workerlab/models/sim"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/server/task"
)

// A Size is a configuration.
type Size struct {
	Class   string
	Workers int
	Threads int
}

// String is the size in few words: "gthread 2×4".
func (s Size) String() string { return fmt.Sprintf("%s %d×%d", s.Class, s.Workers, s.Threads) }

// An Outcome is what a size makes of a load.
type Outcome struct {
	Size
	Rate          float64
	Throughput    stat.Interval // requests/s
	P50, P95, P99 stat.Interval // seconds
	Failed        stat.Interval // share
	Utilisation   float64
	Memory        float64       // bytes …
	MemoryRange   stat.Interval // … and its bounds
	Limit         string        // what would limit it first: cores, workers, lock
	Ceiling       float64       // requests/s at saturation, by the closed form
	Saturated     bool          // the rate is beyond the ceiling: nothing else is known
}

// server is the size as a server, whose threads share an interpreter lock unless the deployment is without it.
func (d *Deployment) server(m models.Model, s Size) spec.Server {
	server := catalog.Python(spec.Server{Class: m.Name, Workers: s.Workers, Threads: s.Threads})
	server.GIL = server.GIL && !d.lockless
	return server.Filled()
}

// Ceiling is the throughput at which the size saturates, and what limits it then. The work is that of as many
// busy cores as there are then.
func (d *Deployment) Ceiling(s Size) models.Prediction {
	const rounds = 8 // each changes it by a fraction of what the one before did
	m, known := catalog.Named(s.Class)
	if !known {
		return models.Prediction{}
	}
	server := d.server(m, s)
	busy, p := float64(min(s.Workers, d.Cores)), models.Prediction{}
	for range rounds {
		work := time.Duration(float64(d.CPU()) * d.factor(s.Class, busy, false))
		do := spec.Demands{{Kind: spec.CPU, For: work}, {Kind: spec.Wait, For: d.Wait()}}
		p = m.Predict(server, spec.Machine{Cores: d.Cores}, spec.Overhead{}, spec.Load{Mix: []spec.Endpoint{{Weight: 1, Do: do}}})
		busy = min(float64(d.Cores), p.Throughput*work.Seconds())
	}
	return p
}

const (
	confidence = 0.90
	patience   = 30 * time.Second
	moment     = time.Microsecond // of work that takes the lock
)

// A Load is what a deployment is asked for.
type Load struct {
	Rate    float64 // requests/s that arrive at random; or …
	Clients int     // … so many that each wait for their answer before they ask again

	Beside   bool             // the clients are on the server's cores (Demand.Generator)
	Schedule arrival.Schedule // of the arrivals in each replication; nil: drawn anew, at Rate

	Background     int           // further clients, each of which has the server compute without a pause …
	BackgroundWork time.Duration // … for as long by a request
}

// Predict simulates the size under random arrivals at a rate. Every replication draws the deployment's work
// and waits anew, by what is known of them; the ranges are those that hold a new run.
func (d *Deployment) Predict(ctx context.Context, s Size, rate float64, seed uint64) (Outcome, error) {
	return d.PredictLoad(ctx, s, Load{Rate: rate}, seed)
}

// PredictLoad is Predict for any load.
func (d *Deployment) PredictLoad(ctx context.Context, s Size, l Load, seed uint64) (Outcome, error) {
	rate := l.Rate
	ceiling := d.Ceiling(s)
	if l.Clients > 0 {
		rate = ceiling.Throughput
	}
	o := Outcome{Size: s, Rate: rate, Memory: d.Memory(s), MemoryRange: d.MemoryRange(s), Limit: ceiling.Limit, Ceiling: ceiling.Throughput}
	m, known := catalog.Named(s.Class)
	if !known {
		return o, fmt.Errorf("capacity: no worker class %q", s.Class)
	}
	if o.Saturated = l.Clients == 0 && rate >= o.Ceiling; o.Saturated {
		return o, nil
	}
	busy := d.busy(s, rate, l.Clients == 0)
	fitted := d.config(m, s, l, busy)
	var throughput, p50, p95, p99, failed []float64
	for n := range uint64(d.Effort.replications()) {
		config := fitted.Drawn(des.Streams{Seed: seed, Replication: n}.For("constants"))
		drawn := d.draw(des.Streams{Seed: seed, Replication: n}.For("deployment"), s.Class, d.factor(s.Class, busy, l.Clients == 0))
		if config.Lock == models.Switching {
			uniform := des.Streams{Seed: seed, Replication: n}.For("outside").Float64()
			config.Outside = time.Duration(float64(d.outside(uniform)) * drawn.scale)
		}
		r, err := sim.Run(ctx, config, d.Effort.of(drawn.load(l, seed, config.Outside), max(rate, 1)), seed, n, nil)
		if err != nil {
			return o, err
		}
		seen := func(q float64) float64 { return (r.Quantile(q) + d.Overhead).Seconds() }
		throughput = append(throughput, r.Throughput)
		p50, p95, p99 = append(p50, seen(0.50)), append(p95, seen(0.95)), append(p99, seen(0.99))
		failed = append(failed, float64(r.Failed)/float64(max(1, r.Planned)))
		o.Utilisation += r.Utilisation / float64(d.Effort.replications())
	}
	o.Throughput, o.P50, o.P95, o.P99, o.Failed = stat.Spread(throughput, confidence), stat.Spread(p50, confidence), stat.Spread(p95, confidence), stat.Spread(p99, confidence), stat.Spread(failed, confidence)
	return o, nil
}

// config is the size in virtual time, where so many cores are busy.
func (d *Deployment) config(m models.Model, s Size, l Load, busy float64) sim.Config {
	on, overhead := spec.Machine{Cores: d.Cores}, spec.Overhead{}
	if d.ideal {
		on.Scheduler = spec.Ideal
	}
	if d.fair {
		on.Bias = spec.Fair
	}
	if l.Beside {
		overhead.Client = d.generator(busy, l.Clients == 0)
	}
	c := sim.For(m, d.server(m, s), on, overhead)
	if c.Lock == models.Switching { // what the server does is among the app's work; but for it the lock is taken
		c.Wake, c.Request = moment, time.Duration(c.Acquisitions)*moment
	}
	if d.fair && c.Slots > 0 {
		c.Holds = 0 // all workers serve one queue
	}
	return c
}

// drawn is a deployment as it may be.
type drawn struct {
	paths  []Path
	scale  float64 // of the work
	weight float64 // of all paths
}

// draw draws what the deployment may be under a class, whose work is so much longer than its paths'.
func (d *Deployment) draw(random *rand.Rand, class string, factor float64) drawn {
	out := drawn{scale: factor * math.Exp(math.Hypot(d.Error, d.Classes[class].Error)*random.NormFloat64())}
	waits := math.Exp(d.waitError() * random.NormFloat64())
	for _, p := range d.Paths {
		p.CPU, p.Wait = time.Duration(float64(p.CPU)*out.scale), time.Duration(float64(p.Wait)*waits)
		out.paths = append(out.paths, p)
		out.weight += p.Weight
	}
	return out
}

// waitError is how well the waits are known, as a share: they are what is left beside the work.
func (d *Deployment) waitError() float64 {
	return math.Hypot(least, d.Error*d.CPU().Seconds()/max(d.Wait(), d.CPU()).Seconds())
}

// load is the load whose requests take outside of what they compute elsewhere.
func (d drawn) load(l Load, seed uint64, outside time.Duration) sim.Load {
	out := sim.Load{
		Clients: l.Clients, Patience: patience,
		Demands: func(_ int, random *rand.Rand) []task.Step {
			p := d.pick(random)
			factor := p.factor(random)
			steps := []task.Step{{Kind: task.OnCPU, For: time.Duration(float64(max(0, p.CPU-outside)) * factor)}}
			if p.Wait > 0 {
				steps = append(steps, task.Step{Kind: task.OffCPU, For: time.Duration(float64(p.Wait) * factor)})
			}
			return steps
		},
	}
	if l.Background > 0 {
		out.Background, out.BackgroundSteps = l.Background, []task.Step{{Kind: task.OnCPU, For: l.BackgroundWork}}
	}
	switch {
	case l.Schedule != nil:
		out.Arrivals = func(uint64) arrival.Schedule { return l.Schedule }
	case l.Clients == 0:
		out.Arrivals = func(n uint64) arrival.Schedule { return arrival.Poisson(l.Rate, seed+1000*n) }
	}
	return out
}

func (d drawn) pick(random *rand.Rand) Path {
	left := random.Float64() * d.weight
	for _, p := range d.paths[:len(d.paths)-1] {
		if left -= p.Weight; left < 0 {
			return p
		}
	}
	return d.paths[len(d.paths)-1]
}

// factor draws by the path's law, between whose quantiles it takes a straight line.
func (p Path) factor(random *rand.Rand) float64 {
	if len(p.Law) == 0 {
		return 1
	}
	at := random.Float64() * float64(len(p.Law)-1)
	i := min(int(at), len(p.Law)-2)
	if i < 0 {
		return p.Law[0]
	}
	return p.Law[i] + (at-float64(i))*(p.Law[i+1]-p.Law[i])
}
