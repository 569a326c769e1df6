package slowclientsproxy

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

const prompt = 11 * time.Millisecond

// answering is a world in which the others get their answers after so long, most of them, the logarithm
// scattered by so much.
func answering(of func(t trial.Trial) time.Duration, scatter float64) experimenttest.World {
	random := rand.New(rand.NewPCG(5, 6))
	return func(t trial.Trial, r *results.Record) {
		const planned = 100
		m := time.Duration(float64(of(t)) * math.Exp(scatter*random.NormFloat64()))
		r.Planned = planned
		r.Response = experimenttest.Latencies(map[time.Duration]int64{m - m/50: 20, m: planned - 40, m + m/2: 20})
	}
}

func proxied(t trial.Trial) bool { return strings.HasPrefix(t.System, "nginx+") }

// told is the world as it is told: who has no nginx in front waits for half of the 5 s.
func told(t trial.Trial) time.Duration {
	switch {
	case t.Slow.Clients > 0 && !proxied(t):
		return 2500 * time.Millisecond
	case proxied(t):
		return prompt + time.Millisecond
	}
	return prompt
}

// but is told, except of one server beside slow clients.
func but(system string, takes time.Duration) func(trial.Trial) time.Duration {
	return func(t trial.Trial) time.Duration {
		if t.System == system && t.Slow.Clients > 0 {
			return takes
		}
		return told(t)
	}
}

func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "as told", World: answering(told, 0.05), Want: results.Supported, Why: "workerlab takes 2."},
		{Name: "nginx passes heads on as they come", World: answering(but("nginx+workerlab", 2500*time.Millisecond), 0.05), Want: results.Refuted, Why: "Does not hold: workerlab behind nginx is untouched"},
		{Name: "in front of gunicorn alone", World: answering(but("nginx+gunicorn", 2500*time.Millisecond), 0.05), Want: results.Refuted, Why: "gunicorn behind nginx is untouched"},
		{Name: "nobody stalls", World: answering(func(trial.Trial) time.Duration { return prompt }, 0.05), Want: results.Refuted, Why: "workerlab by itself stalls; gunicorn by itself stalls"},
		{Name: "gunicorn does not stall", World: answering(but("gunicorn", prompt), 0.05), Want: results.Refuted, Why: "gunicorn by itself stalls"},
		{Name: "near twice", World: answering(but("nginx+gunicorn", 2*(prompt+time.Millisecond)), 0.1), Want: results.Inconclusive, Why: "Open: gunicorn behind nginx is untouched"},
		{Name: "near a second", World: answering(but("", time.Second), 0.1), Want: results.Inconclusive, Why: "Open: workerlab by itself stalls"},
		{Name: "noise", World: answering(told, 0.5), Want: results.Inconclusive},
	})
}

// without are the records of a table but those of some systems, as where they are not installed.
func without(t results.Table, systems ...string) results.Table {
	return slices.DeleteFunc(slices.Clone(t), func(r results.Record) bool { return slices.Contains(systems, r.System) })
}

// What is not installed is not judged, and the claim not supported; what is there can still refute it.
func TestNotInstalled(t *testing.T) {
	table := func(w func(trial.Trial) time.Duration) results.Table {
		return experimenttest.Table(t, Experiment, trial.Quick, answering(w, 0.05), 0.02)
	}
	noNginx := without(table(told), "nginx+gunicorn", "nginx+workerlab")
	for _, c := range []struct {
		name  string
		table results.Table
		want  results.Outcome
		why   string
	}{
		{"no gunicorn", without(table(told), "gunicorn", "nginx+gunicorn"), results.Inconclusive, "gunicorn by itself and behind nginx: not both were tried"},
		{"no nginx", noNginx, results.Inconclusive, "workerlab by itself and behind nginx: not both were tried"},
		{"no gunicorn, and nginx helps nobody", without(table(but("nginx+workerlab", time.Second)), "gunicorn", "nginx+gunicorn"), results.Refuted, "workerlab behind nginx is untouched"},
	} {
		if v := Experiment.Verdict(c.table); v.Outcome != c.want || !strings.Contains(v.Why.String(), c.why) {
			t.Errorf("%s: %v, %s", c.name, v.Outcome, v.Why)
		}
	}
	if v := Experiment.Verdict(noNginx); v.P != 0 || v.Effect.Known() {
		t.Errorf("no nginx: p %g of %+v", v.P, v.Effect)
	}
}

// Its trials are some of slow-clients' own, where that is put to the same servers, and run once.
func TestOthersAreToldBesideTheVerdict(t *testing.T) {
	table := experimenttest.Table(t, Experiment, trial.Standard, answering(told, 0.05), 0.02)
	v := Experiment.Verdict(table)
	if v.Outcome != results.Supported {
		t.Errorf("%v: %s", v.Outcome, v.Why)
	}
	for _, name := range []string{"gunicorn: median with 4 slow readers", "nginx+workerlab: median with 4 slow posters"} {
		i := slices.IndexFunc(v.Others, func(e results.Effect) bool { return e.Name.String() == name })
		if stall := strings.HasPrefix(name, "gunicorn"); i < 0 || (v.Others[i].Low > stalled) != stall {
			t.Errorf("%s: %d of %+v", name, i, v.Others)
		}
	}
	if all := Experiment.Draw(table); len(all) != 1 || len(all[0].Panels) != 3 {
		t.Errorf("%d figures, want one of three panels", len(all))
	}
}
