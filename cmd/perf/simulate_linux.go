package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/loadgen/arrival"
	"github.com/workerlab/workerlab/models/des"
	threaded "github.com/workerlab/workerlab/models/gthread"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/models/sim"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/server/task"
)

// An outcome is what a program says of its simulation, which it has timed itself: apps/mm4.py as well.
type outcome struct {
	Done    int       `json:"done"`    // customers or requests
	Seconds float64   `json:"seconds"` // by the clock on the wall
	CPU     float64   `json:"cpu"`     // seconds
	Means   []float64 `json:"means"`   // of each batch: the mean of what the closed form says, in seconds
}

// printSimulation simulates for some seconds and prints the outcome: perf simulate MODEL SECONDS SEED.
func printSimulation(args []string, stdout io.Writer) error {
	if len(args) != 3 {
		return errors.New("usage: perf simulate mm4|gthread SECONDS SEED")
	}
	seconds, err := strconv.ParseFloat(args[1], 64)
	if err != nil {
		return fmt.Errorf("seconds: %w", err)
	}
	seed, err := strconv.ParseUint(args[2], 10, 64)
	if err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	var batch func() (int, float64, error)
	switch args[0] {
	case "mm4":
		batch = newQueue(seed).batch
	case threaded.Model.Name:
		batch = (&threads{seed: seed}).batch
	default:
		return fmt.Errorf("no model %q: want mm4 or gthread", args[0])
	}
	done, err := timed(seconds, batch)
	if err != nil {
		return err
	}
	return json.NewEncoder(stdout).Encode(done)
}

// fewestBatches are enough to tell how far their mean is to be believed; apps/mm4.py does no fewer either.
const fewestBatches = 10

// timed repeats a batch until the time is over. The first does not count: in it the queue fills.
func timed(seconds float64, batch func() (int, float64, error)) (outcome, error) {
	if _, _, err := batch(); err != nil {
		return outcome{}, err
	}
	var d outcome
	began, cpu := time.Now(), ownCPU()
	for len(d.Means) < fewestBatches || time.Since(began).Seconds() < seconds {
		done, mean, err := batch()
		if err != nil {
			return outcome{}, err
		}
		d.Done += done
		d.Means = append(d.Means, mean)
	}
	d.Seconds, d.CPU = time.Since(began).Seconds(), (ownCPU() - cpu).Seconds()
	return d, nil
}

// ownCPU is the CPU time of this process, its collector's with it.
func ownCPU() time.Duration {
	var own unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &own); err != nil {
		panic(os.NewSyscallError("getrusage", err)) // it fails for a bad address only
	}
	return time.Duration(own.Utime.Nano() + own.Stime.Nano())
}

// mm4 is the queue M/M/4 at 80 %, which apps/mm4.py simulates as well.
func mm4() queueing.Open {
	return queueing.Open{Rate: 320, Service: 10 * time.Millisecond, Servers: 4}
}

// batchOf is how many customers of the queue are a batch.
const batchOf = 200_000

// A queue is M/M/4 in our engine. What a customer's wait needs is kept in a place that the customer has for
// itself until it leaves.
type queue struct {
	sim     des.Sim
	random  *rand.Rand
	servers *des.Queue
	arrive  des.Action
	stays   [1 << 12]stay // more than are ever there at once
	left    int           // customers, of the batch
	waited  time.Duration // by those that have left, together
}

type stay struct{ came, service time.Duration }

func newQueue(seed uint64) *queue {
	q := &queue{random: des.Streams{Seed: seed}.For("mm4")}
	q.servers = des.NewQueue(&q.sim, mm4().Servers, 0, q.leave)
	q.arrive = q.sim.Register(q.come)
	q.sim.After(0, q.arrive, 0)
	return q
}

func (q *queue) batch() (left int, wait float64, err error) {
	q.left, q.waited = 0, 0
	q.sim.Run(1 << 62)
	return q.left, q.waited.Seconds() / float64(q.left), nil
}

func (q *queue) come(customer int32) {
	service := q.exponential(mm4().Service.Seconds())
	q.stays[customer] = stay{q.sim.Now(), service}
	q.servers.Arrive(customer, service)
	q.sim.After(q.exponential(1/mm4().Rate), q.arrive, (customer+1)%int32(len(q.stays)))
}

func (q *queue) leave(customer int32) {
	s := &q.stays[customer]
	q.waited += q.sim.Now() - s.came - s.service
	if q.left++; q.left == batchOf {
		q.sim.Stop()
	}
}

func (q *queue) exponential(mean float64) time.Duration {
	return time.Duration(q.random.ExpFloat64() * mean * 1e9)
}

// The gthread model with all that it has: four workers of eight threads under a lock, two cores as Linux gives them
// out, the race for each connection, and the server's own work.
const (
	threadsRate    = 400 // requests/s
	threadsCPU     = time.Millisecond
	threadsWait    = 10 * time.Millisecond
	threadsRequest = time.Millisecond / 4
	threadsConnect = time.Millisecond / 20
	threadsWork    = threadsCPU + threadsRequest + threadsConnect
)

func threadsServer() spec.Server {
	return spec.Server{Workers: 4, Threads: 8, GIL: true}.Filled()
}

const threadsCores = 2

// threadsApart is one of the workers with its part of the arrivals and of the cores.
func threadsApart() queueing.Pool {
	server := threadsServer()
	return queueing.Pool{
		Rate: threadsRate / float64(server.Workers), Size: server.Threads,
		Net: queueing.Closed{CPU: threadsWork * time.Duration(server.Workers) / threadsCores, Wait: threadsWait, Cores: 1},
	}
}

type threads struct{ seed, replication uint64 }

// batch is one replication, of whose requests it tells what work the cores did for each. On average they may neither
// be faster than if nobody waited for another, nor slower than if each worker had no more than its part of a core.
func (t *threads) batch() (requests int, work float64, err error) {
	const window = 100 * time.Second
	c := sim.For(threaded.Model, threadsServer(), spec.Machine{Cores: threadsCores, Bias: 0.3},
		spec.Overhead{Request: threadsRequest, Connection: threadsConnect, Acquisitions: 2})
	steps := []task.Step{{Kind: task.OnCPU, For: threadsCPU}, {Kind: task.OffCPU, For: threadsWait}}
	l := sim.Load{
		Arrivals: func(n uint64) arrival.Schedule { return arrival.Poisson(threadsRate, t.seed<<32+n) },
		Demands:  func(int, *rand.Rand) []task.Step { return steps },
		WarmUp:   time.Second, Window: window,
	}
	t.replication++
	r, err := sim.Run(context.Background(), c, l, t.seed, t.replication, nil)
	if err != nil {
		return 0, 0, err
	}
	slowest := threadsApart().Settles().Response
	if mean := r.Mean(); r.Failed > 0 || mean < threadsWork+threadsWait || mean.Seconds() > slowest {
		return 0, 0, fmt.Errorf("%d of %d requests failed, and the mean response is %v: want none, and from %v to %.5g s", r.Failed, r.Planned, mean, threadsWork+threadsWait, slowest)
	}
	return r.Answered, r.Utilisation * float64(threadsCores) * window.Seconds() / float64(r.Answered), nil
}
