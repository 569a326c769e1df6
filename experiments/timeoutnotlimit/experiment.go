package timeoutnotlimit

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
	ID:     "timeout-is-not-a-request-limit",
	Spare:  func(t trial.Trial) bool { return t.Server.Class == "asgi" }, // which no WSGI server has
	Axes:   []string{"class", "do"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"timeout": timeout, "busy": busy, "times": int(busy / timeout), "workers": lone(trial.LoneClasses()[0], "wait").Server.Workers, "least": least,
	}},
}

const (
	timeout = 2 * time.Second
	busy    = 6 * time.Second
)

// trials are those of timeout-restarts that have its timeout. None is short enough for a smoke test.
func trials(p trial.Profile) []trial.Trial {
	if p == trial.Smoke {
		return nil
	}
	var all []trial.Trial
	for _, s := range trial.LoneClasses() {
		for _, kind := range []string{"wait", "cpu"} { // the claim is about those that wait
			s.Timeout = timeout
			all = append(all, trial.Lone(s, kind, busy, p))
		}
	}
	return all
}

// lone is the trial of one request of a kind.
func lone(s spec.Server, kind string) trial.Trial {
	s.Timeout = timeout
	return trial.Lone(s, kind, busy, trial.Any)
}
