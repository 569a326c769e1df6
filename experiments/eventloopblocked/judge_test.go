package eventloopblocked

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/results"
)

// delays is a world in which a hog delays so great a share of the others, give or take.
func delaysOf(loops, processes, scatter float64) experimenttest.World {
	random := rand.New(rand.NewPCG(3, 4))
	return func(t experiments.Trial, r *results.Record) {
		share := loops
		switch {
		case t.Hog.Do == "":
			share = 0
		case t.Server.Class == "sync", t.Server.Workers == 2:
			share = processes
		}
		const planned = 150
		share = min(1, max(0, share+scatter*random.NormFloat64()))
		late := int64(share * planned)
		r.Planned = planned
		r.Response = experimenttest.Latencies(map[time.Duration]int64{5200 * time.Microsecond: planned - late, 40 * time.Millisecond: late})
	}
}

func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "as the theory says", World: delaysOf(0.18, 0, 0.01), Want: results.Supported},
		{Name: "a loop that is preempted", World: delaysOf(0.01, 0, 0.005), Want: results.Refuted},
		{Name: "processes that stall as well", World: delaysOf(0.18, 0.18, 0.01), Want: results.Refuted},
		{Name: "near the threshold", World: delaysOf(0.10, 0, 0.02), Want: results.Inconclusive},
	})
}

// A run in which every request was late still has a logarithm.
func TestPromptStaysAboveZero(t *testing.T) {
	r := results.Record{Planned: 100, Response: experimenttest.Latencies(map[time.Duration]int64{time.Second: 100})}
	if p, ok := prompt(&r); !ok || p != 0.005 {
		t.Errorf("prompt = %v, %v; want half a request in 100", p, ok)
	}
}

// A cell beside the claim is told even where a single run of it is valid: the estimate, without an
// interval.
func TestSingleRunIsTold(t *testing.T) {
	table := experimenttest.Table(t, Experiment, experiments.Quick, delaysOf(0.18, 0, 0.01), 0.02)
	for i := range table {
		if table[i].Cell["class"] == tornado.Class && table[i].Repetition > 0 {
			table[i].Invalid = []string{"host: noisy"}
		}
	}
	for _, other := range judge(table).Others {
		if other.Name.String() == label(tornado) {
			if other.Confidence != 0 || !(other.Estimate > 0.1) {
				t.Errorf("%+v, want an estimate of about 0.18 without an interval", other)
			}
			return
		}
	}
	t.Error("tornado is not told")
}
