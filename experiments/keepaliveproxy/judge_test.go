package keepaliveproxy

import (
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// losing is a world in which a run loses such a share of its requests.
func losing(share func(t trial.Trial, block int) float64) experimenttest.World {
	return func(t trial.Trial, r *results.Record) {
		r.Planned = uint64(t.Load.Rate * t.Window.Seconds())
		r.Sent, r.Failed = r.Planned, uint64(share(t, r.Repetition)*float64(r.Planned))
		r.Completed = r.Sent - r.Failed
		if r.Failed > 0 {
			r.Failures = map[string]uint64{gone: r.Failed}
		}
	}
}

// racing loses POSTs that come at once where gunicorn closes first: some more in each block.
func racing(share float64) func(trial.Trial, int) float64 {
	return func(t trial.Trial, block int) float64 {
		if !t.Load.Post || t.Load.Abreast == 0 || t.Server.KeepAlive >= t.Upstream {
			return 0
		}
		return share * (1 + 0.5*float64(block))
	}
}

// also loses some more where gunicorn closes last, in so many blocks.
func also(share float64, blocks int) func(trial.Trial, int) float64 {
	race := racing(0.08)
	return func(t trial.Trial, block int) float64 {
		if t.Server.KeepAlive == 75*time.Second && block < blocks {
			return share
		}
		return race(t, block)
	}
}

func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "a race", World: losing(racing(0.08)), Want: results.Supported, Why: "1080 of 9000 POSTs that came several at once were answered 502, and 0 of 9000"},
		{Name: "a small one", World: losing(racing(0.02)), Want: results.Supported},
		{Name: "no race", World: losing(racing(0)), Want: results.Refuted, Why: "Does not hold: where gunicorn closes first"},
		{Name: "lost, whoever closes first", World: losing(func(trial.Trial, int) float64 { return 0.08 }), Want: results.Refuted, Why: "where gunicorn closes last"},
		{Name: "lost again where none should be", World: losing(also(0.002, 2)), Want: results.Refuted},
		{Name: "lost once where none should be", World: losing(also(0.001, 1)), Want: results.Inconclusive},
		{Name: "near the threshold", World: losing(racing(0.001)), Want: results.Inconclusive, Why: "Open: where gunicorn closes first"},
		{Name: "one run alone", World: losing(func(t trial.Trial, block int) float64 {
			if block > 0 || t.Server.KeepAlive > time.Second {
				return 0
			}
			return racing(0.2)(t, block)
		}), Want: results.Inconclusive},
	})
}

// Where nginx or gunicorn is not installed there is nothing to run, and the verdict says so.
func TestNotInstalled(t *testing.T) {
	all, _ := experiments.On([]experiments.Experiment{Experiment}, rig.Workerlab())
	if n := len(all[0].Trials(trial.Full)); n > 0 {
		t.Errorf("%d trials without the software", n)
	}
	if v := all[0].Verdict(nil); v.Outcome != results.Inconclusive || v.Why.String() != "Not run." {
		t.Errorf("%v: %s", v.Outcome, v.Why)
	}
}

// What failed otherwise says nothing of the race, and is told.
func TestOtherFailures(t *testing.T) {
	race := losing(racing(0.08))
	v := verdict(experimenttest.Table(t, Experiment, trial.Quick, func(t trial.Trial, r *results.Record) {
		race(t, r)
		if t.Server.KeepAlive == 75*time.Second {
			r.Failed, r.Failures = 3, map[string]uint64{"timeout": 3}
		}
	}, 0.02))
	if v.Outcome != results.Supported || len(v.Warnings) != 1 || !strings.HasPrefix(v.Warnings[0].String(), "9 requests failed") {
		t.Errorf("%v, warnings %v", v.Outcome, v.Warnings)
	}
}

// Pairs are compared at equal gaps, where they are compared; nginx retries only what is no POST.
func TestTrials(t *testing.T) {
	for _, one := range Experiment.Trials(trial.Quick) {
		gap := time.Duration(float64(one.Load.Abreast) / one.Load.Rate * float64(time.Second))
		if one.Load.Abreast > 0 && gap != min(one.Server.KeepAlive, 2*time.Second) {
			t.Errorf("%v at gaps of %v", one, gap)
		}
	}
}
