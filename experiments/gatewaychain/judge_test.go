package gatewaychain

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// gains are what nginx adds to a request, in microseconds: to its response time and to its CPU time, and to
// both once more where it computes.
type gains struct{ response, cpu, computing float64 }

// like is a world in which nginx adds so much; response times scatter by so much from run to run.
func like(scatter float64, added gains) experimenttest.World {
	random := rand.New(rand.NewPCG(5, 6))
	return func(t trial.Trial, r *results.Record) {
		work, err := time.ParseDuration(strings.TrimPrefix(t.Load.Do, "cpu:"))
		if err != nil {
			panic(err)
		}
		µs := float64(work.Microseconds())
		response, cpu := 420+µs, 240+µs
		if strings.HasPrefix(t.System, "nginx+") {
			response, cpu = response+added.response, cpu+added.cpu
			if work > 0 {
				response, cpu = response+added.computing, cpu+added.computing
			}
		}
		response *= float64(t.Load.Clients) * math.Exp(scatter*random.NormFloat64())
		r.Response = experimenttest.Latencies(map[time.Duration]int64{time.Duration(response) * time.Microsecond: 100})
		r.Set("cpu_per_request", cpu*1e-6, "seconds")
		r.Set("throughput", 1e6/cpu, "requests/s")
	}
}

// measured is what nginx 1.22 added to gunicorn 20.1.
var measured = gains{response: 200, cpu: 120}

func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "as measured", World: like(0.004, measured), Noise: 0.004, Want: results.Supported},
		{Name: "an answer that waits a millisecond", World: like(0.01, gains{1300, 120, -1100}), Noise: 0.01, Want: results.Refuted, Why: "adds less than 1 ms to the median of a request that does nothing"},
		{Name: "a chain that costs more", World: like(0.01, gains{260, 240, -100}), Noise: 0.01, Want: results.Refuted, Why: "it adds less than 200 µs of CPU"},
		{Name: "more where it computes", World: like(0.01, gains{200, 120, 300}), Noise: 0.01, Want: results.Refuted, Why: "it adds less than 5 % of CPU"},
		{Name: "near 200 µs", World: like(0.01, gains{230, 200, 0}), Noise: 0.01, Want: results.Inconclusive, Why: "Open: it adds less than 200 µs of CPU"},
		{Name: "near 5 %", World: like(0.01, gains{270, 150, 0}), Noise: 0.01, Want: results.Inconclusive, Why: "Open: it adds less than 5 % to the median"},
		{Name: "too noisy to tell", World: like(0.3, measured), Want: results.Inconclusive},
	})
}

// What stands beside the claim may be missing; what it rests on may not, and the verdict names it.
func TestJudgeWithoutSoftware(t *testing.T) {
	for _, c := range []struct {
		missing []string
		want    results.Outcome
		why     string
	}{
		{[]string{"uwsgi", "nginx+uwsgi", "mod_wsgi"}, results.Supported, "nginx in front of gunicorn adds"},
		{[]string{"uwsgi", "nginx+workerlab"}, results.Supported, "nginx in front of gunicorn adds"},
		{[]string{"gunicorn", "nginx+gunicorn"}, results.Inconclusive, "nginx+gunicorn was not put to the test; gunicorn was not put to the test."},
		{[]string{"nginx+gunicorn", "nginx+uwsgi", "nginx+workerlab"}, results.Inconclusive, "Too little valid data: nginx+gunicorn was not put to the test."},
	} {
		e := experimenttest.Without(Experiment, c.missing...)
		table := experimenttest.Table(t, e, trial.Quick, like(0.004, measured), 0.004)
		if v := e.Verdict(table); v.Outcome != c.want || !strings.Contains(v.Why.String(), c.why) || v.Lost != 0 {
			t.Errorf("without %v: %v, %d lost, %q", c.missing, v.Outcome, v.Lost, v.Why)
		}
		_ = e.Draw(table) // whatever there is
	}
}

// The effect shown is the one whose p-value is: at a millisecond it says nothing, far below it does.
func TestEffectIsThePrimaryContrast(t *testing.T) {
	for _, c := range []struct{ added, low, high float64 }{{200, 0, 1e-4}, {1000, 0.05, 1}} {
		table := experimenttest.Table(t, Experiment, trial.Quick, like(0.01, gains{response: c.added, cpu: 120}), 0.01)
		v := Experiment.Verdict(table)
		if math.Abs(v.Effect.Estimate/(c.added*1e-6)-1) > 0.1 || v.P < c.low || v.P > c.high {
			t.Errorf("%s: %g with p %g, want about %g µs and p from %g to %g", v.Effect.Name, v.Effect.Estimate, v.P, c.added, c.low, c.high)
		}
	}
}

// The formula of the package comment passes through what was measured where nothing is computed.
func TestTheory(t *testing.T) {
	table := experimenttest.Table(t, Experiment, trial.Full, like(0, measured), 1e-9)
	j := Experiment.Judging(table)
	for work, want := range map[time.Duration]float64{nothing: 620.0 / 420, computes: 5620.0 / 5420} {
		if got := theory(j, judge.P50)(work); math.Abs(got/want-1) > 1e-3 {
			t.Errorf("%v of work: %g times the median, want %g", work, got, want)
		}
	}
	if got, want := theory(j, judge.CPU)(computes), 5360.0/5240; math.Abs(got/want-1) > 1e-3 {
		t.Errorf("%v of work: %g times the CPU, want %g", computes, got, want)
	}
}
