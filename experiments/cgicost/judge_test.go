package cgicost

import (
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
)

// figures are the CPU times of requests that do nothing, in milliseconds: of the application as a script, of
// scripts that are less of it, and of the application under mod_wsgi.
type figures struct{ app, python, sh, wsgi float64 }

// like is a world with such costs, in which what is worked comes on top.
func like(c figures) experimenttest.World {
	return func(t trial.Trial, r *results.Record) {
		cost := map[string]float64{"mod_wsgi": c.wsgi, "uwsgi": c.wsgi / 3, "nginx+uwsgi": c.wsgi / 2, "nginx+fcgiwrap": c.app}[t.System]
		if t.System == "mod_cgid" {
			cost = map[string]float64{"": c.app, "python": c.python, "sh": c.sh}[t.App]
		}
		work, err := time.ParseDuration(strings.TrimPrefix(t.Load.Do, "cpu:"))
		if err != nil {
			panic(err)
		}
		r.Set("cpu_per_request", cost*1e-3+work.Seconds(), "seconds")
	}
}

// measured are the costs with Python 3.11 and Apache 2.4.
var measured = figures{30, 9.5, 1.5, 0.4}

func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "as measured", World: like(measured), Want: results.Supported},
		{Name: "an interpreter that starts at once", World: like(figures{4, 2, 0.3, 0.4}), Want: results.Refuted, Why: "CGI costs 20 times as much where nothing is worked"},
		{Name: "imports of a framework", World: like(figures{150, 9.5, 1.5, 0.4}), Want: results.Refuted, Why: "less than 1.5 times as much where 200 ms are"},
		{Name: "processes that are slow to start", World: like(figures{30, 9.5, 6, 0.4}), Want: results.Refuted, Why: "starting a process is less than 10 %"},
		{Name: "near twenty times", World: like(figures{8, 4, 0.4, 0.4}), Want: results.Inconclusive, Why: "Open: CGI costs 20 times"},
		{Name: "near a tenth", World: like(figures{30, 9.5, 3, 0.4}), Want: results.Inconclusive, Why: "Open: starting a process"},
		{Name: "too noisy to tell", World: like(measured), Noise: 0.9, Want: results.Inconclusive},
	})
}

// What stands beside the claim may be missing; what it rests on may not, and the verdict names it.
func TestJudgeWithoutSoftware(t *testing.T) {
	for _, c := range []struct {
		missing []string
		want    results.Outcome
		why     string
	}{
		{[]string{"nginx+fcgiwrap", "nginx+uwsgi", "uwsgi"}, results.Supported, "interpreter and its imports"},
		{[]string{"mod_wsgi"}, results.Inconclusive, "Too little valid data: mod_wsgi was not put to the test."},
		{[]string{"mod_cgid"}, results.Inconclusive, "Too little valid data: mod_cgid was not put to the test."},
		{[]string{"mod_cgid", "mod_wsgi", "nginx+fcgiwrap", "nginx+uwsgi", "uwsgi"}, results.Inconclusive, "Not run."},
	} {
		e := experimenttest.Without(Experiment, c.missing...)
		table := experimenttest.Table(t, e, trial.Quick, like(measured), 0.02)
		if v := e.Verdict(table); v.Outcome != c.want || !strings.Contains(v.Why.String(), c.why) || v.Lost != 0 {
			t.Errorf("without %v: %v, %d lost, %q", c.missing, v.Outcome, v.Lost, v.Why)
		}
		_ = e.Draw(table) // whatever there is
	}
}

// The formula of the package comment passes through what was measured where nothing is worked, and is 2 at
// the work that is told as twice as much.
func TestTheory(t *testing.T) {
	table := experimenttest.Table(t, Experiment, trial.Full, like(measured), 1e-9)
	j := Experiment.Judging(table)
	ratio := theory(j)
	twice := time.Duration(stat.Average(even(j)) * float64(time.Second))
	for work, want := range map[time.Duration]float64{nothing: 75, twice: 2, 29200 * time.Microsecond: 2, long: 230 / 200.4} {
		if got := ratio(work); got < 0.999*want || got > 1.001*want {
			t.Errorf("%v of work: %g times as much, want %g", work, got, want)
		}
	}
}
