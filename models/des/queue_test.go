package des

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results/stat"
)

// A scene is a stream of customers to some station, and how long each was there.
type scene struct {
	sim       Sim
	customers int
	arrived   []time.Duration
	stays     []float64 // seconds, in the order of arrival
	lost      int
}

func (s *scene) leave(customer int32) {
	s.stays[customer] = (s.sim.Now() - s.arrived[customer]).Seconds()
}

// open lets customers arrive at random, rate a second, each to be brought by bring.
func (s *scene) open(rate float64, random *rand.Rand, bring func(customer int32)) {
	s.stays, s.arrived = make([]float64, s.customers), make([]time.Duration, s.customers)
	var arrive Action
	arrive = s.sim.Register(func(customer int32) {
		s.arrived[customer] = s.sim.Now()
		bring(customer)
		if next := customer + 1; int(next) < s.customers {
			s.sim.After(exponential(random, 1/rate), arrive, next)
		}
	})
	s.sim.After(0, arrive, 0)
	s.sim.Run(math.MaxInt64)
}

func exponential(random *rand.Rand, mean float64) time.Duration {
	return time.Duration(random.ExpFloat64() * mean * 1e9)
}

// response is the mean stay, over replications of so many customers, a tenth of which are the warm-up.
func response(t *testing.T, customers int, run func(s *scene, random Streams)) stat.Interval {
	t.Helper()
	got, err := Replications([]Goal{{0.99, 0.01, 10, 30}}, func(replication uint64) ([]float64, error) {
		s := &scene{customers: customers}
		run(s, Streams{11, replication})
		return []float64{stat.Average(s.stays[customers/10:])}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got[0]
}

// The engine against queues whose answers are known. One of a hundred intervals misses the truth by
// chance; these are repeatable.
func TestQueuesAgainstTheirClosedForms(t *testing.T) {
	const customers = 20_000
	service := func(c int, law func(*rand.Rand) time.Duration, rate float64) func(*scene, Streams) {
		return func(s *scene, streams Streams) {
			random := streams.For("services")
			q := NewQueue(&s.sim, c, 0, s.leave)
			s.open(rate, streams.For("arrivals"), func(customer int32) { q.Arrive(customer, law(random)) })
		}
	}
	exp := func(mean float64) func(*rand.Rand) time.Duration {
		return func(r *rand.Rand) time.Duration { return exponential(r, mean) }
	}
	shared := func(s *scene, streams Streams) {
		random := streams.For("services")
		c := NewCores(&s.sim, 1, s.leave)
		s.open(70, streams.For("arrivals"), func(customer int32) { // hyperexponential, mean 10 ms
			mean := 0.002
			if random.Float64() < 0.1 {
				mean = 0.082
			}
			c.Add(customer, exponential(random, mean))
		})
	}
	for name, c := range map[string]struct {
		run  func(*scene, Streams)
		want float64 // seconds
	}{
		"M/M/1":    {service(1, exp(0.01), 70), queueing.Open{Rate: 70, Service: 10 * time.Millisecond, Servers: 1}.Response()},
		"M/M/4":    {service(4, exp(0.01), 320), queueing.Open{Rate: 320, Service: 10 * time.Millisecond, Servers: 4}.Response()},
		"M/D/1":    {service(1, func(*rand.Rand) time.Duration { return 10 * time.Millisecond }, 70), 0.01 + 70*0.0001/(2*(1-0.7))},
		"M/G/1-PS": {shared, 0.01 / (1 - 0.7)}, // insensitive to the law
	} {
		got := response(t, customers, c.run)
		if !got.Holds(c.want) {
			t.Errorf("%s: %.5f ± %.5f s, want %.5f", name, got.Estimate, got.Half(), c.want)
		}
	}
}

// Of customers who find all servers busy and leave, Erlang's loss formula tells the share, whatever the law
// of the services: 4 servers offered 3 Erlang lose 20.6 %.
func TestErlangB(t *testing.T) {
	got, err := Replications([]Goal{{0.99, 0.02, 10, 30}}, func(replication uint64) ([]float64, error) {
		s, streams := &scene{customers: 20_000}, Streams{13, replication}
		q := NewQueue(&s.sim, 4, 4, s.leave)
		s.open(300, streams.For("arrivals"), func(customer int32) {
			if !q.Arrive(customer, 10*time.Millisecond) {
				s.lost++
			}
		})
		return []float64{float64(s.lost) / float64(s.customers)}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want, a := 1.0, 3.0
	for k := 1.0; k <= 4; k++ {
		want = a * want / (k + a*want)
	}
	if !got[0].Holds(want) {
		t.Errorf("lost %.4f ± %.4f, want %.4f", got[0].Estimate, got[0].Half(), want)
	}
}

// The closed network of a delay and shared cores, against its product form.
func TestCoresWithDelay(t *testing.T) {
	for _, jobs := range []int{1, 4, 12} {
		net := queueing.Closed{CPU: 3 * time.Millisecond, Wait: 20 * time.Millisecond, Cores: 2}
		got, err := Replications([]Goal{{0.99, 0.01, 10, 30}}, func(replication uint64) ([]float64, error) {
			return []float64{circulate(net, jobs, Streams{17, replication})}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if want := net.Throughput(jobs); !got[0].Holds(want) {
			t.Errorf("%d jobs: %.2f ± %.2f/s, want %.2f", jobs, got[0].Estimate, got[0].Half(), want)
		}
	}
}

// circulate is the throughput of jobs that alternate between a constant wait and exponential work.
func circulate(net queueing.Closed, jobs int, streams Streams) float64 {
	const warm, end = 2 * time.Second, 40 * time.Second
	var s Sim
	random := streams.For("work")
	done := 0
	var back Action
	c := NewCores(&s, net.Cores, func(job int32) {
		if s.Now() > warm {
			done++
		}
		s.After(net.Wait, back, job)
	})
	back = s.Register(func(job int32) { c.Add(job, exponential(random, net.CPU.Seconds())) })
	for job := range int32(jobs) {
		s.After(0, back, job)
	}
	s.Run(end)
	return float64(done) / (end - warm).Seconds()
}

// M/M/4 at 80 %: the engine's speed, in customers a second.
func BenchmarkQueue(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 1))
	var s Sim
	var q *Queue
	var arrive Action
	q = NewQueue(&s, 4, 0, func(int32) {})
	left := b.N
	arrive = s.Register(func(int32) {
		q.Arrive(0, exponential(random, 0.01))
		if left--; left > 0 {
			s.After(exponential(random, 1/320.0), arrive, 0)
		}
	})
	s.After(0, arrive, 0)
	b.ReportAllocs()
	s.Run(math.MaxInt64)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "customers/s")
}

func BenchmarkCores(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 1))
	var s Sim
	left := b.N
	var c *Cores
	c = NewCores(&s, 2, func(job int32) {
		if left--; left > 0 {
			c.Add(job, exponential(random, 0.01))
		}
	})
	for job := range int32(32) {
		c.Add(job, exponential(random, 0.01))
	}
	b.ReportAllocs()
	s.Run(math.MaxInt64)
}
