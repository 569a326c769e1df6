package maxrequestsjitter

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// world is a server that stops for so many seconds without jitter and with it, give or take, and
// loses so many requests a run.
func world(without, with, scatter float64, lost uint64) experimenttest.World {
	random := rand.New(rand.NewPCG(5, 6))
	return func(t trial.Trial, r *results.Record) {
		stop := without
		if t.Server.Jitter > 0 {
			stop = with
		}
		r.Timeline = answers(stop+scatter*random.NormFloat64(), random)
		for _, n := range r.Timeline.Answered {
			r.Completed += n
		}
		r.Failed = lost
		r.Set("restarts", 4, "workers")
	}
}

// answers are 3.5 seconds of about 18 answers a step, with nothing for a while after 1.2 s.
func answers(stop float64, random *rand.Rand) *results.Timeline {
	tl := &results.Timeline{Step: 0.05}
	for i := range 70 {
		at, n := float64(i)*tl.Step, uint64(15+random.IntN(7))
		if at >= 1.2 && at < 1.2+stop {
			n = 0
		}
		tl.Answered = append(tl.Answered, n)
	}
	return tl
}

func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "staggered", World: world(0.8, 0.1, 0.05, 0), Want: results.Supported, Why: "0 of"},
		{Name: "jitter that does nothing", World: world(0.8, 0.8, 0.02, 0), Want: results.Refuted},
		{Name: "no dip to begin with", World: world(0.1, 0.1, 0.01, 0), Want: results.Refuted},
		{Name: "staggered, but with losses", World: world(0.8, 0.1, 0.05, 8), Want: results.Refuted, Why: "nothing is lost"},
		{Name: "near the threshold", World: world(1.0, 0.75, 0.1, 0), Want: results.Inconclusive},
		{Name: "restarts as luck has it", World: world(1.0, 0.5, 0.4, 0), Want: results.Inconclusive},
	})
}

// Dips come in steps of 0.05 s. Where all are equal that is rounding: six steps without jitter and one
// with it are 0.25 s apart in every block, which does not show that the gain is 0.25 s at least.
func TestEqualDipsProveNothing(t *testing.T) {
	v := Experiment.Verdict(experimenttest.Table(t, Experiment, trial.Standard, world(0.299, 0.049, 0, 0), 0.02))
	if width := v.Effect.High - v.Effect.Low; v.Outcome != results.Inconclusive || width < 0.0999 {
		t.Errorf("%v by a gain of %+v: %s", v.Outcome, v.Effect.Interval, v.Why)
	}
}

// A window that saw no restart tells nothing of restarts.
func TestNoWave(t *testing.T) {
	calm := func(e trial.Trial, r *results.Record) {
		world(0, 0, 0, 0)(e, r)
		r.Set("restarts", 0, "workers")
	}
	v := Experiment.Verdict(experimenttest.Table(t, Experiment, trial.Quick, calm, 0.02))
	if v.Outcome != results.Inconclusive || len(v.Warnings) != v.Runs {
		t.Errorf("%v with %d warnings of %d runs", v.Outcome, len(v.Warnings), v.Runs)
	}
}

// Without jitter, workers of which two end in the window restart apart by themselves, which speaks
// against the claim. With it, the short dip of two restarts is not jitter's doing.
func TestFewRestartsNeverFavourTheClaim(t *testing.T) {
	fewer := func(few func(trial.Trial) bool, stops, dips float64) results.Verdict {
		return Experiment.Verdict(experimenttest.Table(t, Experiment, trial.Quick, func(e trial.Trial, r *results.Record) {
			world(stops, dips, 0.01, 0)(e, r)
			if few(e) {
				r.Set("restarts", 2, "workers")
			}
		}, 0.02))
	}
	jittered := func(e trial.Trial) bool { return e.Server.Jitter > 0 }
	if v := fewer(func(e trial.Trial) bool { return !jittered(e) }, 0.1, 0.1); v.Outcome != results.Refuted {
		t.Errorf("restarts apart without jitter: %v (%s)", v.Outcome, v.Why)
	}
	if v := fewer(jittered, 0.8, 0); v.Outcome != results.Inconclusive {
		t.Errorf("hardly a restart with jitter: %v (%s)", v.Outcome, v.Why)
	}
}

func TestDip(t *testing.T) {
	cases := []struct {
		answered []uint64
		want     float64
	}{
		{nil, 0},
		{[]uint64{10, 10, 10}, 0},
		{[]uint64{12, 1, 12, 1, 1, 12, 12}, 0.1},            // the longer of two
		{[]uint64{20, 20, 2, 2, 20}, 0},                     // a tenth is not below a tenth
		{[]uint64{10, 10, 10, 0, 0}, 0.1},                   // at the end
		{[]uint64{0, 0, 0, 0, 0}, 0},                        // no throughput has no dip
		{[]uint64{12, 12, 1, 1, 0, 1, 12, 12, 12}, 4 * .05}, // of any depth
	}
	for _, c := range cases {
		if got := dip(&results.Timeline{Step: 0.05, Answered: c.answered}); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("dip of %v = %v, want %v", c.answered, got, c.want)
		}
	}
}
