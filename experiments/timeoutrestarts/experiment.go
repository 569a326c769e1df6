package timeoutrestarts

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
	ID:     "timeout-restarts",
	Spare:  func(t trial.Trial) bool { return t.Server.Class == "asgi" }, // which no WSGI server has
	Axes:   []string{"class", "do", "timeout_seconds"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"timeout": timeout, "busy": busy, "times": int(busy / timeout), "ending": ending, "exit": ending - abort, "abort": abort, "oldest": oldest,
		"others": otherTimeouts, "least": least, "default": spec.Server{}.Filled().Timeout,
		"workers": claimed()[0].trial(trial.Any).Server.Workers, "rate": claimed()[0].trial(trial.Any).Hog.Rate,
	}},
}

const (
	timeout = 2 * time.Second // of the claim
	busy    = 3 * timeout     // how long its requests keep a worker
)

// otherTimeouts are those of longer profiles.
var otherTimeouts = []time.Duration{time.Second, 5 * time.Second}

func trials(p trial.Profile) []trial.Trial {
	if p == trial.Smoke {
		return []trial.Trial{group{"sync", "wait", time.Second}.trial(p)}
	}
	groups := claimed()
	if p > trial.Quick {
		groups = append(groups, shifted()...)
	}
	var all []trial.Trial
	for _, g := range groups {
		all = append(all, g.trial(p))
	}
	return all
}

// kinds of request: one that waits and one that computes.
var kinds = []string{"wait", "cpu"}
