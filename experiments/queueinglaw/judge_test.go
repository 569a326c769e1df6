package queueinglaw

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// A request of a simulated run, seconds.
type request struct{ at, demand, done float64 }

// A server says when its requests are answered, given what each costs beyond its demand.
type server func(requests []request, cost float64, random *rand.Rand)

// before is before the warm-up, when all workers are idle.
const before = -1.0

// oneQueue serves first come, first served; every service takes so many times what it ought to.
func oneQueue(servers int, slower float64) server {
	return func(requests []request, cost float64, _ *rand.Rand) {
		idle := make([]float64, servers)
		for i := range idle {
			idle[i] = before
		}
		for i, r := range requests {
			first := 0
			for s := range idle {
				if idle[s] < idle[first] {
					first = s
				}
			}
			idle[first] = max(r.at, idle[first]) + slower*(r.demand+cost)
			requests[i].done = idle[first]
		}
	}
}

// queues deals the requests to the workers with these shares, a queue each.
func queues(shares [4]float64) server {
	return func(requests []request, cost float64, random *rand.Rand) {
		idle := [4]float64{before, before, before, before}
		for i, r := range requests {
			u, w := random.Float64(), 0
			for ; w < 3 && u >= shares[w]; w++ {
				u -= shares[w]
			}
			idle[w] = max(r.at, idle[w]) + r.demand + cost
			requests[i].done = idle[w]
		}
	}
}

// shared serves all at once on cores that they share equally.
func shared(cores float64) server {
	return func(requests []request, cost float64, _ *rand.Rand) {
		left := make(map[int]float64) // of the requests under way
		now, next := before, 0
		for next < len(requests) || len(left) > 0 {
			speed := min(1, cores/float64(len(left)))
			first, ends := -1, math.Inf(1)
			for i, work := range left {
				if at := now + work/speed; at < ends {
					first, ends = i, at
				}
			}
			arrives := next < len(requests) && requests[next].at <= ends
			if arrives {
				ends = requests[next].at
			}
			for i := range left {
				left[i] -= (ends - now) * speed
			}
			now = ends
			if arrives {
				left[next] = requests[next].demand + cost
				next++
				continue
			}
			requests[first].done = now
			delete(left, first)
		}
	}
}

// price is what requests cost.
var price = cost{250 * time.Microsecond, 600 * time.Microsecond}

// world serves the trials' loads, the same for all servers of a block.
func world(sync, gthread, computing server) experimenttest.World {
	return func(t trial.Trial, r *results.Record) {
		how, mean := sync, waiting
		switch {
		case t.Load.Do == trial.ComputingDo:
			how, mean = computing, working
		case t.Server.Class == "gthread":
			how = gthread
		}
		random := rand.New(rand.NewPCG(uint64(r.Repetition), 3))
		var requests []request
		if t.Load.Clients > 0 {
			requests = closed(t)
		} else {
			requests = arrivals(t, mean.Seconds(), random)
			how(requests, price.holds.Seconds(), random)
		}
		for i := range requests {
			requests[i].done += (price.takes - price.holds).Seconds()
		}
		keep(r, requests)
		r.Set("cpu_per_request", mean.Seconds()+price.holds.Seconds(), "seconds")
	}
}

// arrivals are random, from the warm-up on.
func arrivals(t trial.Trial, mean float64, random *rand.Rand) (requests []request) {
	for at := -t.WarmUp().Seconds(); ; {
		if at += random.ExpFloat64() / t.Load.Rate; at >= t.Window.Seconds() {
			return requests
		}
		r := request{at: at, demand: mean}
		if t.Load.Do != trial.ComputingDo {
			r.demand *= random.ExpFloat64()
		}
		requests = append(requests, r)
	}
}

// closed are the requests of clients that each send when they have their answer. They are served in order of
// arrival; what a request takes besides, its client waits before it asks.
func closed(t trial.Trial) (requests []request) {
	free := slices.Repeat([]float64{before}, t.Server.Workers)
	ask := slices.Repeat([]float64{-t.WarmUp().Seconds()}, t.Load.Clients) // when clients do next
	for {
		slices.Sort(ask)
		slices.Sort(free)
		if ask[0] >= t.Window.Seconds() {
			return requests
		}
		done := max(ask[0], free[0]) + (waiting + price.holds).Seconds()
		requests = append(requests, request{at: ask[0], demand: waiting.Seconds(), done: done})
		ask[0], free[0] = done+(price.takes-price.holds).Seconds(), done
	}
}

// keep records what became of the requests.
func keep(r *results.Record, requests []request) {
	r.Response, r.Trace = results.NewHistogram(), &results.Trace{}
	for _, q := range requests {
		at := int64(math.Floor(1e6 * q.at))
		r.Trace.Intended, r.Trace.Sent = append(r.Trace.Intended, at), append(r.Trace.Sent, at)
		r.Trace.Done = append(r.Trace.Done, int64(1e6*q.done))
		r.Trace.Demand = append(r.Trace.Demand, int64(1e6*q.demand))
		if at < 0 {
			continue
		}
		r.Planned++
		if err := r.Response.RecordValue(int64(1e6*q.done) - at); err != nil {
			panic(err) // an hour late
		}
	}
}

var (
	right  = oneQueue(4, 1)
	cores  = shared(2)
	plenty = oneQueue(5, 1)
	seen   = queues([4]float64{0.52, 0.32, 0.15, 0.01}) // of four pollers in one kernel queue, tried on Linux
)

func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "one queue, private queues, shared cores", World: world(right, seen, cores), Want: results.Supported},
		{Name: "gthread takes from one queue", World: world(right, right, cores), Want: results.Refuted, Why: "gthread 4×1 answers later"},
		{Name: "a core for each worker", World: world(right, seen, plenty), Want: results.Refuted, Why: "requests that compute"},
		{Name: "sync takes a quarter longer than it should", World: world(oneQueue(4, 1.25), seen, cores), Want: results.Refuted, Why: "85 % busy"},
		{Name: "sync has private queues too", World: world(seen, seen, cores), Want: results.Refuted, Why: "within 10 % of Erlang C"},
	})
}

// The run's mean without its sampling error is what Erlang C says, where a plain quotient of two seconds is far
// from it: what the recursion is for.
func TestRecursionTakesTheSamplingErrorAway(t *testing.T) {
	table := experimenttest.Table(t, Experiment, trial.Quick, world(right, seen, cores), 0.02)
	cell := loaded(forked, busiest)
	b := newBeside(judge.New(id, claim, mine(table)), mine(table))
	long, plain := b.long(cell, b.calm.Mean), b.plain(cell, law.erlang)
	if !long.Known() || long.Low < 0.95 || long.High > 1.05 {
		t.Errorf("in the long run the mean is %v of Erlang C's, want 1", long)
	}
	if width := plain.High - plain.Low; width < 5*(long.High-long.Low) {
		t.Errorf("the plain quotient %v is nearly as narrow as %v", plain, long)
	}
}

// A long run meets the formula by itself: had the law a slip, the figure's line would lie.
func TestLawMeetsALongRun(t *testing.T) {
	one := random(forked, trial.Standard, busiest.rate)
	one.Window = 2000 * time.Second
	run := results.Record{Cell: one.Cell(), Duration: one.Window, Origin: results.Measured}
	world(right, seen, cores)(one, &run)
	l, ok := lawOf(one.Cell(), results.Table{run}, price)
	recursed, known := firstCome(&run, price)
	if ratio := recursed / (l.settled() * l.erlang()); !ok || !known || math.Abs(ratio-1) > 0.05 {
		t.Errorf("recursion over its own long run: %.3f", ratio)
	}
	if l.settled() > 1 || l.settled() < 0.97 {
		t.Errorf("the even cost makes %.3f of Erlang's response, want a little less than 1", l.settled())
	}
}

// What a request costs is found as it was, to the step of a histogram.
func TestCostIsFound(t *testing.T) {
	table := experimenttest.Table(t, Experiment, trial.Quick, world(right, seen, cores), 0.02)
	c, ok := costOf(mine(table))
	if off := c.takes - price.takes; !ok || off.Abs() > 16*time.Microsecond {
		t.Errorf("a lone request takes %v, want %v", c.takes, price.takes)
	}
	if off := c.holds - price.holds; off.Abs() > 16*time.Microsecond {
		t.Errorf("a request holds a worker for %v, want %v", c.holds, price.holds)
	}
}

// Without a lone client, or without saturated workers, nothing follows, and the verdict says what lacks.
func TestCostIsNeeded(t *testing.T) {
	table := experimenttest.Table(t, Experiment, trial.Quick, world(right, seen, cores), 0.02)
	for _, lacking := range []results.Cell{idle(1), idle(trial.Idlers)} {
		without := slices.DeleteFunc(slices.Clone(table), func(r results.Record) bool { return len(results.Table{r}.Match(lacking)) > 0 })
		if v := verdict(without); v.Outcome != results.Inconclusive || !strings.Contains(v.Why.String(), "lone client") {
			t.Errorf("%v: %s", v.Outcome, v.Why)
		}
		if drawn := charts(without); len(drawn) > 0 {
			t.Errorf("%d charts, whose formulas nobody knows", len(drawn))
		}
	}
}
