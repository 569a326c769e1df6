package backlogoverflow

import (
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/results"
)

// answers is a world in which so large a share of the clients beyond the backlog fail in a way, and
// the others get their answer after so long; who finds room is answered at once.
func answers(share float64, kind string, later ...time.Duration) experimenttest.World {
	return func(t experiments.Trial, r *results.Record) {
		beyond := rush{t.Server.Backlog, t.Load.Burst}.beyond()
		failed := int(share * float64(beyond))
		r.Planned, r.Failed = uint64(t.Load.Burst), uint64(failed)
		if failed > 0 {
			r.Failures = map[string]uint64{kind: uint64(failed)}
		}
		at := map[time.Duration]int64{20 * time.Millisecond: int64(t.Load.Burst - beyond)}
		for i := range beyond - failed {
			at[later[i%len(later)]]++
		}
		r.Completed = r.Planned - r.Failed
		r.Response = experimenttest.Latencies(at)
	}
}

func TestJudge(t *testing.T) {
	retries := []time.Duration{1030 * time.Millisecond, 1100 * time.Millisecond, 2050 * time.Millisecond}
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "late, not refused", World: answers(0, "", retries...), Want: results.Refuted, Why: "Of 184 clients beyond the backlog 0 got an error"},
		{Name: "refused", World: answers(0.9, "refused", retries...), Want: results.Supported, Why: "refused: 164"},
		{Name: "patience ends", World: answers(0.8, "timeout", retries...), Want: results.Supported},
		{Name: "one in seven", World: answers(0.15, "reset", retries...), Want: results.Inconclusive},
		{Name: "a handful", World: answers(0.04, "reset", retries...), Want: results.Inconclusive},
	})
}

// Only connections that were reset make the host's setting suspicious.
func TestAbortOnOverflow(t *testing.T) {
	for kind, warned := range map[string]int{"reset": 1, "timeout": 0} {
		table := experimenttest.Table(t, Experiment, experiments.Quick, answers(0.9, kind, time.Second), 0.02)
		if v := judge(table); len(v.Warnings) != warned {
			t.Errorf("%s: %d warnings, want %d", kind, len(v.Warnings), warned)
		}
	}
}

func TestStepped(t *testing.T) {
	for at, want := range map[time.Duration]int{
		100 * time.Millisecond: 0, 950 * time.Millisecond: 0, 1010 * time.Millisecond: 1, 1400 * time.Millisecond: 1,
		1700 * time.Millisecond: 0, 3200 * time.Millisecond: 1, 3600 * time.Millisecond: 0,
	} {
		if got := stepped(experimenttest.Latencies(map[time.Duration]int64{at: 1})); got != want {
			t.Errorf("an answer after %v: %d on a step, want %d", at, got, want)
		}
	}
}
