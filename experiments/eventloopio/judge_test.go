package eventloopio

import (
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// held is a world in which a loop holds every request for so many bytes, and answers a share of them
// late.
func held(bytes, late float64) experimenttest.World {
	return func(t trial.Trial, r *results.Record) {
		at := t.Load.Burst
		r.Planned = uint64(t.Load.Burst)
		r.Response = experimenttest.Latencies(map[time.Duration]int64{
			2010 * time.Millisecond: int64(float64(t.Load.Burst) * (1 - late)),
			2900 * time.Millisecond: int64(float64(t.Load.Burst) * late),
		})
		if t.Server.Class == "sync" {
			at = 4
			r.Response = experimenttest.Latencies(map[time.Duration]int64{2010 * time.Millisecond: 4})
		}
		r.Set("held", float64(at), "requests")
		r.Set("idle_pss", 8e6, "bytes")
		r.Set("pss", 8e6+bytes*float64(at), "bytes")
	}
}

func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "light", World: held(6<<10, 0), Noise: 0.005, Want: results.Supported, Why: "4000 of 4000"},
		{Name: "heavy", World: held(40<<10, 0), Noise: 0.005, Want: results.Refuted},
		{Name: "late", World: held(6<<10, 0.3), Noise: 0.005, Want: results.Refuted},
		{Name: "near the threshold", World: held(15<<10, 0), Noise: 0.2, Want: results.Inconclusive},
	})
}

// Requests of a run share its luck: one run in which 1 % are late, beside others in which none is,
// leaves it open whether 99 % are in time. As independent requests they would settle it.
func TestLatenessIsOfRuns(t *testing.T) {
	unlucky := func(e trial.Trial, r *results.Record) {
		held(6<<10, 0)(e, r)
		if e.Server.Class == "gevent" && r.Repetition == 0 {
			held(6<<10, 0.01)(e, r)
		}
	}
	v := Experiment.Verdict(experimenttest.Table(t, Experiment, trial.Quick, unlucky, 0.005))
	if v.Outcome != results.Inconclusive || !strings.Contains(v.Why.String(), "gevent answers 99") {
		t.Errorf("%v: %s", v.Outcome, v.Why)
	}
}

// A burst that takes longer to arrive than its requests wait is never held as a whole: the chart has
// memory where it was read.
func TestChartShowsWhatWasHeld(t *testing.T) {
	slowly := func(e trial.Trial, r *results.Record) {
		held(6<<10, 0)(e, r)
		r.Set("held", min(8000, float64(e.Load.Burst)), "requests")
	}
	for _, s := range Experiment.Draw(experimenttest.Table(t, Experiment, trial.Standard, slowly, 0.005))[0].Series[:2] {
		if last := s.X[len(s.X)-1]; last != 8000 {
			t.Errorf("%s: memory of 8000 that waited stands at %g", s.Name, last)
		}
	}
}
