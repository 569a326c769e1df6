package timeoutnotlimit

import (
	_ "embed"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "timeout-is-not-a-request-limit"
	claim = "With a timeout of 2 s, a request that waits 6 s is never answered, whatever the worker class."
	said  = "The timeout is often taken for the longest that a request may last; gunicorn's documentation (Settings, timeout) says that for classes other than sync it only means that the worker still shows signs of life."
)

var (
	//go:embed doc.go
	doc string
	//go:embed ko.md
	koreanDoc string
	//go:embed ko.json
	korean string
)

// Experiment is the descriptor.
var Experiment = experiments.Experiment{
	ID: id, Doc: doc, Claim: claim, Said: said,
	Korean: experiments.Korean{Doc: koreanDoc, Messages: korean},
	Axes:   []string{"class", "do"},
	Spare:  func(t trial.Trial) bool { return t.Server.Class == "asgi" }, // which no WSGI server has
	Trials: trials, Judge: verdict, Charts: charts,
}

const (
	timeout = 2 * time.Second
	busy    = 6 * time.Second
)

// kinds of request: the claim is about those that wait.
var kinds = []string{"wait", "cpu"}

// trials are those of timeout-restarts that have its timeout. None is short enough for a smoke test.
func trials(p trial.Profile) []trial.Trial {
	if p == trial.Smoke {
		return nil
	}
	var all []trial.Trial
	for _, s := range trial.LoneClasses() {
		for _, kind := range kinds {
			s.Timeout = timeout
			all = append(all, trial.Lone(s, kind, busy, p))
		}
	}
	return all
}

func own(kind string) results.Cell {
	return results.Cell{
		"do": kind + ":" + busy.String(), "burst": 1,
		"timeout_seconds": timeout.Seconds(), "hog_do": trial.BystanderDo,
	}
}
