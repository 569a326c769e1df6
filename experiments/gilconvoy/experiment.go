package gilconvoy

import (
	"embed"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/experiments/wording"
	"github.com/workerlab/workerlab/models/spec"
)

//go:embed doc.go ko.md ko.json
var files embed.FS

// Experiment is the descriptor.
var Experiment = experiments.Experiment{
	ID:     "gil-convoy",
	Axes:   []string{"hog_clients", "switch_seconds"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"wait": wait, "computes": computes, "rate": rate, "naive": naive, "most": most, "growth": growth,
		"short": short, "long": long, "usual": usual, "server": server(usual).Shape(),
	}},
}

const (
	wait     = 10 * time.Millisecond
	rate     = 25                     // of requests that wait, a second
	computes = 500 * time.Millisecond // a request in the background

	short, usual, long = time.Millisecond, 5 * time.Millisecond, 20 * time.Millisecond // switch intervals; CPython's default is the usual
)

// A convoy is so many threads that compute under a switch interval.
type convoy struct {
	computing int
	interval  time.Duration
}

func trials(p trial.Profile) []trial.Trial {
	few := []convoy{{0, usual}, {1, short}, {1, usual}, {1, long}, {3, usual}}
	more := append([]convoy{{2, usual}, {2, long}}, few...)
	var all []trial.Trial
	for _, c := range trial.Pick(p, few[2:3], few, more, more) {
		all = append(all, c.trial(p))
	}
	return all
}

func server(interval time.Duration) spec.Server {
	return spec.Server{Class: "gthread", Workers: 1, Threads: 8, GIL: true, Switch: interval}
}

// trial is the steady load of short requests, with the others in the background.
func (c convoy) trial(p trial.Profile) trial.Trial {
	t := trial.Trial{
		Server: server(c.interval), Place: trial.Pin,
		Load:   spec.Load{Do: "wait:" + wait.String(), Rate: rate},
		Window: trial.Pick(p, time.Second, 1500*time.Millisecond, 3*time.Second, 4*time.Second),
		Group:  "hog", Blocks: trial.Pick(p, 1, 2, 6, 20),
	}
	if c.computing > 0 {
		t.Hog = spec.Load{Do: "cpu:" + computes.String(), Clients: c.computing}
	}
	return t
}
