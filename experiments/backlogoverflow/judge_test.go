package backlogoverflow

import (
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// answers is a world in which so large a share of the clients beyond the backlog fail in a way, and
// the others get their answer after so long; who finds room is answered at once.
func answers(share float64, kind string, later ...time.Duration) experimenttest.World {
	return func(t trial.Trial, r *results.Record) {
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
		r.Service = experimenttest.Latencies(at)
	}
}

func TestJudge(t *testing.T) {
	retries := []time.Duration{1030 * time.Millisecond, 1100 * time.Millisecond, 2050 * time.Millisecond}
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "late, not refused", World: answers(0, "", retries...), Want: results.Refuted, Why: "Of 184 clients beyond the backlog 0 got an error"},
		{Name: "refused", World: answers(0.9, "refused", retries...), Want: results.Supported, Why: "refused: 164"},
		{Name: "patience ends", World: answers(0.8, "timeout", retries...), Want: results.Supported},
		{Name: "one in seven", World: answers(0.15, "reset", retries...), Want: results.Supported},
		{Name: "a handful", World: answers(0.06, "reset", retries...), Want: results.Inconclusive, Why: "Open:"},
	})
}

// A crowd that the retries have no room for is judged by itself.
func TestFarBeyond(t *testing.T) {
	retries := []time.Duration{1030 * time.Millisecond, 2050 * time.Millisecond}
	none, some := answers(0, "", retries...), answers(0.27, "timeout", retries...)
	world := func(t trial.Trial, r *results.Record) {
		if (rush{t.Server.Backlog, t.Load.Burst}) == crowd {
			some(t, r)
			return
		}
		none(t, r)
	}
	for _, c := range []struct {
		p    trial.Profile
		want results.Outcome
	}{{trial.Quick, results.Refuted}, {trial.Standard, results.Depends}} {
		if v := Experiment.Verdict(experimenttest.Table(t, Experiment, c.p, world, 0.02)); v.Outcome != c.want || v.Effect.Estimate != 0 {
			t.Errorf("%v: %v, %v: %s", c.p, v.Outcome, v.Effect, v.Why)
		}
	}
}

// Only connections that were reset make the host's setting suspicious.
func TestAbortOnOverflow(t *testing.T) {
	for kind, warned := range map[string]int{"reset": 1, "timeout": 0} {
		table := experimenttest.Table(t, Experiment, trial.Quick, answers(0.9, kind, time.Second), 0.02)
		if v := Experiment.Verdict(table); len(v.Warnings) != warned {
			t.Errorf("%s: %d warnings, want %d", kind, len(v.Warnings), warned)
		}
	}
}

// A failure where the backlog holds everybody says nothing of those beyond one, and is told apart.
func TestFailuresWithNobodyBeyond(t *testing.T) {
	retries := answers(0, "", 1030*time.Millisecond)
	stray := func(trial trial.Trial, r *results.Record) {
		retries(trial, r)
		if (rush{trial.Server.Backlog, trial.Load.Burst}).beyond() == 0 {
			r.Failed, r.Failures = 20, map[string]uint64{"timeout": 20}
		}
	}
	v := Experiment.Verdict(experimenttest.Table(t, Experiment, trial.Quick, stray, 0.02))
	if v.Outcome != results.Refuted || v.Effect.Estimate != 0 || len(v.Warnings) != 1 {
		t.Errorf("%v, effect %v, warnings %v: %v", v.Outcome, v.Effect.Estimate, v.Warnings, v.Why)
	}
}

// Late is who was not served from the backlog; of them, those after the first retry are told apart.
func TestRetried(t *testing.T) {
	table := experimenttest.Table(t, Experiment, trial.Quick, answers(0, "", 800*time.Millisecond, 1030*time.Millisecond), 0.02)
	for _, e := range Experiment.Verdict(table).Others {
		if e.Name.String() == "late answers that took longer than 1 s" && e.Estimate != 0.5 {
			t.Errorf("%v of the late answers took longer than 1 s, want half", e.Estimate)
		}
	}
}
