package accuracy

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/workerlab/workerlab/models/des"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results/stat"
)

// Of a queue whose answer is known, as many customers are simulated in batches, the first of which is the
// warm-up.
const (
	customers = 10_000_000
	batches   = 20
)

// Exact is the engine's own row: queues whose mean response is known exactly, and how far it is off them.
func Exact(ctx context.Context, seed uint64) (Row, error) {
	const most = 0.005
	row := Row{What: "exact queues", Goal: "bias < 0.5 %, inside the interval of 99 %", Met: true}
	worst := ""
	for _, q := range exactQueues() {
		got, err := q.simulate(ctx, des.Streams{Seed: seed})
		if err != nil {
			return row, err
		}
		bias := math.Abs(got.Estimate/q.response - 1)
		if row.Cells++; bias >= row.Value {
			row.Value, worst = bias, q.name
		}
		row.Met = row.Met && bias < most && got.Holds(q.response)
	}
	row.Reached = fmt.Sprintf("at worst %.2f %% (%s), of %d customers each", 100*row.Value, worst, customers)
	return row, nil
}

// An exactQueue has customers that arrive at random, and a mean response that a formula tells.
type exactQueue struct {
	name     string
	rate     float64 // customers/s
	response float64 // seconds
	service  func(*rand.Rand) time.Duration
	servers  int // first come, first served; 0: one that all share
}

func exactQueues() []exactQueue {
	const mean = 10 * time.Millisecond
	exponential := func(r *rand.Rand) time.Duration { return time.Duration(r.ExpFloat64() * float64(mean)) }
	constant := func(*rand.Rand) time.Duration { return mean }
	varied := func(r *rand.Rand) time.Duration { // one in ten takes eight times as long
		if r.Float64() < 0.1 {
			return time.Duration(r.ExpFloat64() * 4.6 * float64(mean))
		}
		return time.Duration(r.ExpFloat64() * 0.6 * float64(mean))
	}
	known := func(rate float64, servers int) float64 {
		return queueing.Open{Rate: rate, Service: mean, Servers: servers}.Response()
	}
	return []exactQueue{
		{"M/M/1", 70, known(70, 1), exponential, 1},
		{"M/M/4", 320, known(320, 4), exponential, 4},
		{"M/D/1", 70, 0.010 + 70*0.0001/(2*(1-0.7)), constant, 1}, // Pollaczek and Khinchine
		{"M/G/1 shared", 70, 0.010 / (1 - 0.7), varied, 0},        // whatever the law
	}
}

// simulate is the mean response in seconds, from batches whose means are nearly independent.
func (q exactQueue) simulate(ctx context.Context, streams des.Streams) (stat.Interval, error) {
	const places = 1 << 16 // more than are ever there at once
	var (
		sim      des.Sim
		arrived  [places]time.Duration
		sum      float64
		gone     int
		means    []float64
		arrivals = streams.For("arrivals")
		services = streams.For("services")
		arrive   des.Action
	)
	leave := func(place int32) {
		sum += (sim.Now() - arrived[place]).Seconds()
		if gone++; gone%(customers/batches) == 0 {
			means = append(means, sum/(customers/batches))
			sum = 0
			if len(means) == batches || ctx.Err() != nil {
				sim.Stop()
			}
		}
	}
	bring := des.NewCores(&sim, 1, leave).Add
	if q.servers > 0 {
		queue := des.NewQueue(&sim, q.servers, 0, leave)
		bring = func(place int32, service time.Duration) { queue.Arrive(place, service) }
	}
	arrive = sim.Register(func(place int32) {
		arrived[place] = sim.Now()
		bring(place, q.service(services))
		sim.After(time.Duration(arrivals.ExpFloat64()/q.rate*1e9), arrive, (place+1)%places)
	})
	sim.After(0, arrive, 0)
	sim.Run(math.MaxInt64)
	if ctx.Err() != nil {
		return stat.Interval{}, context.Cause(ctx)
	}
	return stat.Replicated(means[1:], 0.99), nil
}
