package acceptbalance

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// A law says which of four servers a request goes to, given when each will be idle. u is uniform.
type law func(idle [4]float64, u float64) int

// first is the server that is idle first: one queue for all.
func first(idle [4]float64, _ float64) int {
	best := 0
	for i := range idle {
		if idle[i] < idle[best] {
			best = i
		}
	}
	return best
}

// split sends a request to server i with probability shares[i].
func split(shares [4]float64) law {
	return func(_ [4]float64, u float64) int {
		for i, share := range shares {
			if u -= share; u < 0 {
				return i
			}
		}
		return len(shares) - 1
	}
}

// world simulates four queues under the load, the same arrivals and waits for every server of a block.
func world(gthread, limited law) experimenttest.World {
	return func(t trial.Trial, r *results.Record) {
		how := first
		switch {
		case t.Server.Class == "gthread" && t.Server.Connections == 1:
			how = limited
		case t.Server.Class == "gthread":
			how = gthread
		}
		random := rand.New(rand.NewPCG(uint64(r.Repetition), 7))
		var idle [4]float64
		var served [4]int
		r.Response = results.NewHistogram()
		for at := 0.0; ; {
			at += random.ExpFloat64() / trial.RandomRate
			if at > t.Window.Seconds() {
				break
			}
			i := how(idle, random.Float64())
			idle[i] = max(at, idle[i]) + 0.02*random.ExpFloat64() + 0.0005
			served[i]++
			r.Planned++
			if err := r.Response.RecordValue(int64((idle[i] - at) * 1e6)); err != nil {
				panic(err) // an hour late
			}
		}
		r.Set("cpu_per_request", 0.0005, "seconds")
		r.Set("busiest_share", float64(max(served[0], served[1], served[2], served[3]))/float64(r.Planned), "share")
		r.Set("idlest_share", float64(min(served[0], served[1], served[2], served[3]))/float64(r.Planned), "share")
	}
}

var (
	seen  = split([4]float64{0.52, 0.32, 0.15, 0.01}) // of four pollers in one kernel queue, tried on Linux
	equal = split([4]float64{0.25, 0.25, 0.25, 0.25})
)

func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "pollers woken in order", World: world(seen, first), Want: results.Supported},
		{Name: "idle workers do take the next", World: world(first, first), Want: results.Inconclusive, Why: "Does not hold"},
		{Name: "worker-connections 1 mends nothing", World: world(seen, seen), Want: results.Inconclusive, Why: "mends"},
		{Name: "shares that vary with the start", World: world(equal, first), Want: results.Inconclusive},
	})
}

// Five starts may refute, three may not, however clear they are.
func TestRefutingTakesFiveStarts(t *testing.T) {
	many := experimenttest.Table(t, Experiment, trial.Standard, world(first, first), 0.02)
	if v := Experiment.Verdict(many); v.Outcome != results.Refuted {
		t.Errorf("8 starts: %v (%s)", v.Outcome, v.Why)
	}
	few := experimenttest.Table(t, Experiment, trial.Quick, world(first, first), 0.02)
	if v := Experiment.Verdict(few); v.Outcome != results.Inconclusive || len(v.Warnings) == 0 {
		t.Errorf("3 starts: %v, warnings %q", v.Outcome, v.Warnings)
	} else if starts := len(Experiment.Judging(few).Of(of(greedy)).Valid()); starts+v.More < minStarts {
		t.Errorf("%d starts: %d more blocks asked for, which do not make %d", starts, v.More, minStarts)
	}
}

// The formula tells the mean of a simulated M/M/4: had it a slip, the figure's line would lie.
func TestTheoryMeetsSimulation(t *testing.T) {
	long := trial.Random(forked, trial.Standard)
	long.Window = 400 * time.Second
	r := results.Record{Duration: long.Window}
	world(first, first)(long, &r)
	queue, ok := judge.RandomQueue(results.Table{r})
	measured, _ := judge.MeanResponse(&r)
	if ratio := measured / queue.Response(); !ok || ratio < 0.9 || ratio > 1.1 {
		t.Errorf("simulated over formula: %.3f", ratio)
	}
}
