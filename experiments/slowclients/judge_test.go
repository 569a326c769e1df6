package slowclients

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/results"
)

const quick = 11 * time.Millisecond

// medians is a world in which the others get their answers after so long, most of them, the logarithm
// scattered by so much.
func medians(of func(t experiments.Trial) time.Duration, scatter float64) experimenttest.World {
	random := rand.New(rand.NewPCG(5, 6))
	return func(t experiments.Trial, r *results.Record) {
		const planned = 100
		m := of(t)
		m = time.Duration(float64(m) * (1 + scatter*random.NormFloat64()))
		r.Planned = planned
		r.Response = experimenttest.Latencies(map[time.Duration]int64{m - m/50: 20, m: planned - 40, m + m/2: 20})
	}
}

// cliff is theory for blocking servers with so much room, loops aside.
func cliff(room int) func(experiments.Trial) time.Duration {
	return func(t experiments.Trial) time.Duration {
		if t.Server.Class == "gevent" || t.Slow.Clients < room {
			return quick
		}
		return 2500 * time.Millisecond
	}
}

func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "a cliff", World: medians(cliff(room), 0.05), Want: results.Supported, Why: "2.5"},
		{Name: "a cliff one earlier", World: medians(cliff(room-1), 0.05), Want: results.Refuted, Why: "sync is untouched by 3"},
		{Name: "no cliff", World: medians(cliff(100), 0.05), Want: results.Refuted, Why: "stalls with 4"},
		{Name: "threads read beside each other", World: medians(func(t experiments.Trial) time.Duration {
			if t.Server.Class == "gthread" {
				return quick
			}
			return cliff(room)(t)
		}, 0.05), Want: results.Refuted, Why: "gthread stalls with 4"},
		{Name: "a loop that reads head by head", World: medians(func(t experiments.Trial) time.Duration {
			t.Server.Class = "sync"
			return cliff(room)(t)
		}, 0.05), Want: results.Refuted, Why: "gevent is untouched by 8"},
		{Name: "near the threshold", World: medians(func(t experiments.Trial) time.Duration {
			if t.Slow.Clients == room {
				return time.Second
			}
			return cliff(room)(t)
		}, 0.1), Want: results.Inconclusive, Why: "Open:"},
		{Name: "noise", World: medians(cliff(room), 0.4), Want: results.Inconclusive},
	})
}

// Requests that are never answered count as the slowest of all.
func TestMedianCountsWhatIsMissing(t *testing.T) {
	for _, c := range []struct {
		answered int64
		want     float64
	}{{100, 0.011}, {60, 0.011}, {49, given}, {0, given}} {
		r := results.Record{Planned: 100, Response: experimenttest.Latencies(map[time.Duration]int64{quick: c.answered})}
		if m, ok := median(&r); !ok || m < 0.99*c.want || m > 1.01*c.want {
			t.Errorf("%d of 100 answered: %v, %v; want %v", c.answered, m, ok, c.want)
		}
	}
	if _, ok := median(&results.Record{}); ok {
		t.Error("a median of nothing")
	}
}

// The standard profile tells of slow readers, who are no part of the outcome.
func TestReaders(t *testing.T) {
	v := judge(experimenttest.Table(t, Experiment, experiments.Standard, medians(cliff(room), 0.05), 0.02))
	told := 0
	for _, e := range v.Others {
		if e.Name.String() == "sync: median with 4 slow readers" && e.Estimate > stalled {
			told++
		}
	}
	if v.Outcome != results.Supported || told != 1 {
		t.Errorf("%v, readers told %d times: %+v", v.Outcome, told, v.Others)
	}
}
