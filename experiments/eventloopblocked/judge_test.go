package eventloopblocked

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
)

// delays is a world in which the background load delays so great a share of the others, give or take.
func delaysOf(loops, processes, scatter float64) experimenttest.World {
	random := rand.New(rand.NewPCG(3, 4))
	return func(t trial.Trial, r *results.Record) {
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

// A secondary result is told even where a single run of it is valid: the estimate, without an
// interval.
func TestSingleRunIsTold(t *testing.T) {
	table := experimenttest.Table(t, Experiment, trial.Quick, delaysOf(0.18, 0, 0.01), 0.02)
	for i := range table {
		if table[i].Cell["class"] == tornado.Class && table[i].Repetition > 0 {
			table[i].Invalid = []string{"host: noisy"}
		}
	}
	for _, other := range Experiment.Verdict(table).Others {
		if other.Name.String() == tornado.Shape() {
			if other.Confidence != 0 || !(other.Estimate > 0.1) {
				t.Errorf("%+v, want an estimate of about 0.18 without an interval", other)
			}
			return
		}
	}
	t.Error("tornado is not told")
}

// A fit's level may lie a little above one; a share of fewer than none is nothing to show.
func TestComplementIsAShare(t *testing.T) {
	got := complement(stat.Interval{Estimate: 1.00139, Low: 0.9871, High: 1.02, Confidence: 0.95})
	if got.Estimate != 0 || got.Low != 0 || got.High < 0.0128 || got.High > 0.013 {
		t.Errorf("%+v, want 0 (0 to 0.0129)", got)
	}
}

// Cells in which nobody is delayed say nothing of how much the loops' runs differ: their interval is
// that of the loops alone.
func TestSilentCellsLendNoCalm(t *testing.T) {
	table := experimenttest.Table(t, Experiment, trial.Standard, delaysOf(0.18, 0, 0.03), 0.02)
	var loops results.Table
	for _, r := range table {
		if r.Cell["hog_do"] != "" && r.Cell["class"] != "sync" {
			loops = append(loops, r)
		}
	}
	if got, want := Experiment.Verdict(table).Effect.Interval, Experiment.Verdict(loops).Effect.Interval; got != want {
		t.Errorf("%+v among silent cells, %+v without them", got, want)
	}
}

// That nobody was delayed in some hundred requests does not prove that nobody is.
func TestNoneDelayedIsNoProof(t *testing.T) {
	loops, none := delaysOf(0.18, 0, 0.01), delaysOf(0.18, 0, 0)
	v := Experiment.Verdict(experimenttest.Table(t, Experiment, trial.Quick, func(e trial.Trial, r *results.Record) {
		loops(e, r)
		if e.Server.Class == "sync" {
			none(e, r)
		}
	}, 0.02))
	for _, other := range v.Others {
		if other.Name.String() == "sync 4×1" && !(other.Estimate == 0 && other.High > 0.008 && other.High < 0.009) {
			t.Errorf("%+v, want 0 to 0.82 %%: none of 450", other)
		}
	}
}
