package capacity

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/workerlab/workerlab/loadgen"
)

// A queue is a simulated M/M/c server, first come, first served, probed in virtual time.
type queue struct {
	servers int
	service time.Duration // mean, exponential
	random  *rand.Rand
	ceiling float64 // requests/s that the generator can send; 0: any number
	stalls  int     // this many of the next probes meet a stall of half the window
	runs    int
}

const warmUp = 500 * time.Millisecond

func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, int64(time.Hour/1000), 3) }

func (q *queue) Open(ctx context.Context, rate float64, window time.Duration, seed uint64) (*loadgen.Report, error) {
	q.runs++
	r := &loadgen.Report{Open: true, Window: window, Response: newHistogram(), Service: newHistogram(), Bottleneck: loadgen.BottleneckServer}
	lag := 0.0
	if q.ceiling > 0 && rate > q.ceiling {
		r.Bottleneck, lag = loadgen.BottleneckGenerator, 1
	}
	arrivals := rand.New(rand.NewPCG(seed, 1))
	free := make([]float64, q.servers) // when each server is
	if q.stalls > 0 {
		q.stalls--
		for i := range free {
			free[i] = window.Seconds() / 2
		}
	}
	end := (warmUp + window).Seconds()
	for at := arrivals.ExpFloat64() / rate; at < end; at += arrivals.ExpFloat64() / rate {
		first := 0
		for i := range free {
			if free[i] < free[first] {
				first = i
			}
		}
		free[first] = max(at, free[first]) + q.random.ExpFloat64()*q.service.Seconds()
		if at < warmUp.Seconds() {
			continue
		}
		r.Planned++
		_ = r.Response.RecordValue(int64(1e6 * (free[first] - at + lag)))
		_ = r.Service.RecordValue(int64(1e6 * (free[first] - at)))
	}
	r.Sent, r.Completed = r.Planned, r.Planned
	r.Throughput = float64(r.Completed) / window.Seconds()
	return r, pass(ctx, warmUp+window)
}

// Closed is exact in the mean and noisy by 2 %: that many servers busy all the time.
func (q *queue) Closed(ctx context.Context, clients int, window time.Duration) (*loadgen.Report, error) {
	q.runs++
	x := float64(min(clients, q.servers)) / q.service.Seconds() * math.Exp(0.02*q.random.NormFloat64())
	r := &loadgen.Report{Window: window, Throughput: x, Completed: uint64(x * window.Seconds()), Response: newHistogram(), Bottleneck: loadgen.BottleneckServer}
	_ = r.Response.RecordValue(int64(1e6 * float64(clients) / x))
	return r, pass(ctx, warmUp+window)
}

// pass lets so much virtual time go by.
func pass(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// capacity is the rate at which exactly the share 1 − q of M/M/c's requests takes longer than limit:
// P(T > t) = e^(−μt)·(1 + C·(1 − e^(−μt(c−1−a)))/(c−1−a)) with a = λ/μ and Erlang's C
// (Gross & Harris, Fundamentals of Queueing Theory, §2.3).
func (q *queue) capacity(l Latency) float64 {
	mu, t, c := 1/q.service.Seconds(), l.Limit.Seconds(), float64(q.servers)
	low, high := 0.0, c*mu
	for range 100 {
		a := (low + high) / 2 / mu
		blocking := 1.0 // Erlang B by its recursion
		for k := 1.0; k <= c; k++ {
			blocking = a * blocking / (k + a*blocking)
		}
		waits := c * blocking / (c - a*(1-blocking))
		spare := c - 1 - a
		beyond := math.Exp(-mu*t) * (1 + waits*-math.Expm1(-mu*t*spare)/spare)
		if beyond > 1-l.Quantile {
			high = a * mu
		} else {
			low = a * mu
		}
	}
	return (low + high) / 2
}

func TestQueueFormula(t *testing.T) {
	// M/M/1: T is exponential with rate μ − λ.
	q := &queue{servers: 1, service: 2 * time.Millisecond}
	want := 500 - math.Log(100)/0.1
	if got := q.capacity(Latency{0.99, 100 * time.Millisecond}); math.Abs(got-want) > 0.01 {
		t.Errorf("M/M/1: %g, want %g", got, want)
	}
}

// The capacity of queues whose true capacity is known: what is found lies near it, the interval holds
// it in most searches, and no search takes longer than its budget.
func TestCapacityOfQueue(t *testing.T) {
	slo, err := ParseSLO("p99=100ms")
	if err != nil {
		t.Fatal(err)
	}
	const searches = 12
	for _, test := range []struct {
		servers int
		service time.Duration
	}{{1, 2 * time.Millisecond}, {2, 2 * time.Millisecond}, {8, 10 * time.Millisecond}} {
		q := &queue{servers: test.servers, service: test.service, random: rand.New(rand.NewPCG(5, 5))}
		truth := q.capacity(slo.Latencies[0])
		var held, confirmed, fitted, runs int
		var ratios []float64
		for seed := range uint64(searches) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				q.runs = 0
				r, err := Search{Prober: q, SLO: slo, Seed: seed}.Run(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if took := time.Since(began); took > 3*time.Minute+stretch*3*time.Second {
					t.Errorf("took %v", took)
				}
				if r.Limit != LimitServer || r.Low > r.Capacity || r.High < r.Capacity {
					t.Errorf("seed %d: limit %s, %g in [%g, %g]", seed, r.Limit, r.Capacity, r.Low, r.High)
				}
				ratios = append(ratios, r.Capacity/truth)
				runs += q.runs
				if r.Method == ByFit {
					fitted++
				}
				if r.Low <= truth && truth <= r.High {
					held++
				}
				if r.Confirmed {
					confirmed++
				}
			})
		}
		slices.Sort(ratios)
		median := ratios[searches/2]
		t.Logf("M/M/%d: found/true median %.3f (%.3f … %.3f), interval holds it in %d of %d, %d confirmed, %d fitted, %d runs each",
			test.servers, median, ratios[0], ratios[searches-1], held, searches, confirmed, fitted, runs/searches)
		if math.Abs(median-1) > 0.03 || held < searches*8/10 {
			t.Errorf("M/M/%d: median %.3f of the truth, held in %d of %d", test.servers, median, held, searches)
		}
	}
}
