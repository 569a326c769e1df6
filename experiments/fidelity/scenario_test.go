package fidelity

import (
	"testing"
	"time"

	"github.com/workerlab/workerlab/models/spec"
)

func TestDemands(t *testing.T) {
	for want, got := range map[string]string{
		"cpu:1ms,wait:20ms":           waits.Do(0),
		"cpu:1ms,wait:exp(20ms)":      varies.Do(0),
		"cpu:143µs,cpu:5ms":           computes.Do(143 * time.Microsecond),
		"cpu:1.2ms,cpu:1ms,wait:20ms": waits.Do(1200 * time.Microsecond),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestOursIsGivenWhatGunicornTakesMore(t *testing.T) {
	s := Scenario{Class: "sync", Clients: 32, Handler: waits, Axis: Workers, At: []float64{1, 8}}
	took := Cost{Ours: 1.05e-3, Theirs: 1.1934e-3}
	ours, theirs := s.trial("", 8, took), s.trial(Theirs, 8, took)
	if ours.Load.Do != "cpu:143µs,cpu:1ms,wait:20ms" || theirs.Load.Do != "cpu:1ms,wait:20ms" {
		t.Errorf("ours %q, gunicorn %q", ours.Load.Do, theirs.Load.Do)
	}
	if ours.Server != theirs.Server || ours.Group != theirs.Group || ours.Window != theirs.Window {
		t.Errorf("%v and %v differ in more", ours, theirs)
	}
	if more := (Cost{Ours: 2e-4, Theirs: 1e-4}).More(); more != 0 {
		t.Errorf("%v where gunicorn takes less", more)
	}
}

func TestPointsOfAnAxis(t *testing.T) {
	took := Cost{Ours: 1e-3, Theirs: 1.25e-3}
	for _, c := range []struct {
		scenario Scenario
		at       float64
		name     string
		want     spec.Server
		clients  int
		rate     float64
	}{
		{Scenario{Class: "sync", Clients: 32, Handler: waits, Axis: Workers}, 4, "4 workers", spec.Server{Class: "sync", Workers: 4}, 32, 0},
		{Scenario{Class: "sync", Clients: 32, Handler: waits, Axis: Workers}, 1, "1 worker", spec.Server{Class: "sync", Workers: 1}, 32, 0},
		{Scenario{Class: "gthread", Workers: 1, Clients: 32, Handler: waits, Axis: Threads}, 16, "16 threads", spec.Server{Class: "gthread", Workers: 1, Threads: 16, GIL: true}, 32, 0},
		{Scenario{Class: "gevent", Workers: 1, Handler: waits, Axis: Clients}, 64, "64 clients", spec.Server{Class: "gevent", Workers: 1}, 64, 0},
		// Of 1.25 ms of computing one core serves 800/s; four processes that each also wait 20 ms, 188/s.
		{Scenario{Class: "gevent", Workers: 1, Handler: waits, Axis: Load}, 0.6, "load 60 %", spec.Server{Class: "gevent", Workers: 1}, 0, 480},
		{Scenario{Class: "sync", Workers: 4, Handler: waits, Axis: Load}, 0.8, "load 80 %", spec.Server{Class: "sync", Workers: 4}, 0, 151},
		{Scenario{Class: "gthread", Workers: 1, Threads: 4, Handler: waits, Axis: Load}, 0.4, "load 40 %", spec.Server{Class: "gthread", Workers: 1, Threads: 4, GIL: true}, 0, 75},
	} {
		got := c.scenario.trial(Theirs, c.at, took)
		if got.Server != c.want || got.Load.Clients != c.clients || got.Load.Rate != c.rate || c.scenario.Point(c.at) != c.name {
			t.Errorf("%s: %v at %v: %v, named %q", c.name, c.scenario, c.at, got, c.scenario.Point(c.at))
		}
	}
}

func TestEveryTrialCanBeCarriedOut(t *testing.T) {
	scenarios := Scenarios()
	took := make([]Cost, len(scenarios))
	for i := range took {
		took[i] = Cost{Ours: 1.05e-3, Theirs: 1.2e-3}
	}
	trials := append(costTrials(scenarios), scenarioTrials(scenarios, took)...)
	keys := make(map[string]bool)
	for _, trial := range trials {
		if err := trial.Check(); err != nil {
			t.Error(err)
		}
		keys[trial.Key()] = true
	}
	if len(keys) != len(trials) {
		t.Errorf("%d trials are %d: some are the same", len(trials), len(keys))
	}
	const places = 5 + 3 // classes on a core of their own, and on two that are shared
	if n := len(costTrials(scenarios)); n != 2*places {
		t.Errorf("%d trials of costs, want %d", n, 2*places)
	}
}

func TestScenariosInWords(t *testing.T) {
	for want, s := range map[string]Scenario{
		"sync W×1, cpu:5ms":               {Class: "sync", Handler: computes, Axis: Workers},
		"gthread 1×T, cpu:1ms,wait:20ms":  {Class: "gthread", Workers: 1, Handler: waits, Axis: Threads},
		"eventlet 1×1, cpu:1ms,wait:20ms": {Class: "eventlet", Workers: 1, Handler: waits, Axis: Clients},
		"gthread 1×4, cpu:1ms,wait:20ms":  {Class: "gthread", Workers: 1, Threads: 4, Handler: waits, Axis: Load},
	} {
		if s.String() != want {
			t.Errorf("%q, want %q", s, want)
		}
	}
}
