package gilconvoy

import (
	_ "embed"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "gil-convoy"
	claim = "With the lock, k threads that compute delay requests that wait, by their median, by m × k × switch interval, m being above 1 and at most 10; an interval of 20 ms delays them at least 5 times as long as one of 1 ms."
	said  = "Talks and issue threads about gunicorn's gthread say that CPU-bound threads slow the others, usually reckoned at one switch interval (5 ms) a hog."
	do    = "wait:10ms"
	hog   = "cpu:500ms"
)

var (
	//go:embed doc.go
	doc string
	//go:embed ko.md
	koreanDoc string
	//go:embed ko.json
	koreanMessages string
)

// Experiment is the descriptor.
var Experiment = experiments.Experiment{
	ID: id, Doc: doc, Claim: claim, Said: said, Axes: []string{"hog_clients", "switch_seconds"},
	Korean: experiments.Korean{Doc: koreanDoc, Messages: koreanMessages},
	Trials: trials, Judge: verdict, Charts: charts,
}

// A convoy is so many hogs under a switch interval.
type convoy struct {
	hogs     int
	interval time.Duration
}

const ms = time.Millisecond

func trials(p trial.Profile) []trial.Trial {
	few := []convoy{{0, 5 * ms}, {1, 1 * ms}, {1, 5 * ms}, {1, 20 * ms}, {3, 5 * ms}}
	more := append([]convoy{{2, 5 * ms}, {2, 20 * ms}}, few...)
	var all []trial.Trial
	for _, c := range trial.Pick(p, few[2:3], few, more, more) {
		all = append(all, beside(c, p))
	}
	return all
}

// beside is the steady load of short requests next to the hogs.
func beside(c convoy, p trial.Profile) trial.Trial {
	t := trial.Trial{
		Server: spec.Server{Class: "gthread", Workers: 1, Threads: 8, GIL: true, Switch: c.interval},
		Place:  trial.Pin,
		Load:   spec.Load{Do: do, Rate: 25},
		Window: trial.Pick(p, time.Second, 1500*ms, 3*time.Second, 4*time.Second),
		Group:  "hog", Blocks: trial.Pick(p, 1, 2, 6, 20),
	}
	if c.hogs > 0 {
		t.Hog = spec.Load{Do: hog, Clients: c.hogs}
	}
	return t
}

func own() results.Cell {
	return results.Cell{"class": "gthread", "workers": 1, "gil": true, "do": do, "place": "pin", "arrivals": "constant", "rate": 25}
}
