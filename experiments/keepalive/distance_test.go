package keepalive

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
)

// apart is the world as told, its clients at a distance: an answer takes the round trips that trips says
// and 200 µs, and costs the server what it never did nearby.
func apart(trips func(keep time.Duration) time.Duration) experimenttest.World {
	nearby := serving(0.70, 0.63, asTold)
	return func(t trial.Trial, r *results.Record) {
		nearby(t, r)
		if t.Load.Think > 0 {
			return
		}
		takes := 2 * time.Millisecond // in a queue of 8
		if rtt := t.Load.RTT; rtt > 0 {
			takes = trips(t.Server.KeepAlive)*rtt + 200*time.Microsecond
			r.Set("cpu_per_request", 1, "seconds")
		}
		r.Response = experimenttest.Latencies(map[time.Duration]int64{takes: 200})
	}
}

func saved(keep time.Duration) time.Duration {
	if keep == on {
		return 1
	}
	return 2
}

func nothingSaved(time.Duration) time.Duration { return 2 }

// The distance is told beside the verdict, which stays what it is, whatever the distance does.
func TestDistanceIsTold(t *testing.T) {
	near := Experiment.Judge(experimenttest.Table(t, Experiment, trial.Quick, serving(0.70, 0.63, asTold), 0.02))
	if told := ofDistance(near); len(told) > 0 {
		t.Errorf("the quick profile, which has no distance, tells %v", told)
	}
	for name, c := range map[string]struct {
		trips func(time.Duration) time.Duration
		half  float64 // of 2·RTT + S, about
	}{"saved": {saved, 0.51}, "nothing saved": {nothingSaved, 1}} {
		v := Experiment.Judge(experimenttest.Table(t, Experiment, trial.Standard, apart(c.trips), 0.02))
		if v.Outcome != results.Supported || v.Effect.Estimate > 0.75 {
			t.Errorf("%s: %v, %+v", name, v.Outcome, v.Effect)
		}
		told := ofDistance(v)
		if len(told) != len(routes) {
			t.Errorf("%s: told of %d routes, want %d", name, len(told), len(routes))
		}
		for _, e := range told {
			if e.Estimate < c.half-0.01 || e.Estimate > c.half+0.01 {
				t.Errorf("%s: %s: %g, want about %g", name, e.Name, e.Estimate, c.half)
			}
		}
	}
}

func ofDistance(v results.Verdict) (told []results.Effect) {
	for _, e := range v.Others {
		if strings.Contains(e.Name.String(), "round trip") {
			told = append(told, e)
		}
	}
	return told
}

// gunicorn 20.1's gthread takes 231 µs without keep-alive, here 0.7 of it with: (5 + 0.1617)/(10 + 0.231).
func TestTheoryOfADistance(t *testing.T) {
	v := Experiment.Judge(experimenttest.Table(t, Experiment, trial.Standard, apart(saved), 1e-9))
	if got, want := ofDistance(v)[0].Name.String(), "= 0.505"; !strings.HasSuffix(got, want) {
		t.Errorf("%s, want %s", got, want)
	}
}

// Records of before there was a distance have no axis for it, and are judged all the same.
func TestRecordsWithoutTheAxis(t *testing.T) {
	table := experimenttest.Table(t, Experiment, trial.Quick, serving(0.70, 0.63, asTold), 0.02)
	want := Experiment.Judge(table)
	for i := range table {
		delete(table[i].Cell, "rtt_seconds")
	}
	if v := Experiment.Judge(table); v.Effect.Interval != want.Effect.Interval || len(v.Others) != len(want.Others) {
		t.Errorf("%+v, want %+v", v.Effect, want.Effect)
	}
}

func TestChartOfADistance(t *testing.T) {
	figure := func(p trial.Profile) (found []chart.Chart) {
		for _, c := range Experiment.Charts(experimenttest.Table(t, Experiment, p, apart(saved), 0.02)) {
			if c.ID == "keep-alive-distance" {
				found = append(found, c)
			}
		}
		return found
	}
	if len(figure(trial.Quick)) > 0 {
		t.Error("a figure of a distance that there was not")
	}
	figures := figure(trial.Standard)
	if len(figures) != 1 || len(figures[0].Panels) != 2 {
		t.Fatalf("%d figures", len(figures))
	}
	for _, panel := range figures[0].Panels {
		for _, s := range panel.Series {
			if s.Kind == chart.Points && fmt.Sprint(s.X) != "[0 5 20]" {
				t.Errorf("%s: measured at %v ms", s.Name, s.X)
			}
		}
	}
}
