package timeoutrestarts

import (
	_ "embed"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "timeout-restarts"
	claim = "With a timeout t of 2 s, a request that silences its worker for 6 s gets that worker killed between t and t + 1.5 s after it was sent (from t − 1 s under an event loop) and is never answered; a gthread worker is never killed, and with a timeout of 0 none is."
	said  = "gunicorn's documentation (Settings, timeout): workers silent for more than so many seconds, 30 by default, are killed and restarted; 0 turns that off."
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
	Axes:   []string{"class", "do", "timeout_seconds"},
	Spare:  func(t trial.Trial) bool { return t.Server.Class == "asgi" }, // which no WSGI server has
	Trials: trials, Judge: verdict, Charts: charts,
}

const (
	timeout = 2 * time.Second // of the claim
	busy    = 6 * time.Second // how long its requests keep a worker: three times the timeout
)

func trials(p trial.Profile) []trial.Trial {
	if p == trial.Smoke {
		return []trial.Trial{lone("sync", "wait", time.Second, 3*time.Second, p)}
	}
	all := []trial.Trial{lone("sync", "wait", spec.Never, busy, p)}
	for _, s := range trial.LoneClasses() {
		for _, kind := range kinds {
			all = append(all, lone(s.Class, kind, timeout, busy, p))
		}
	}
	if p == trial.Quick {
		return all
	}
	for _, g := range shifted() {
		all = append(all, lone(g.class, g.kind, g.timeout, 3*g.timeout, p))
	}
	return all
}

func lone(class, kind string, timeout, busy time.Duration, p trial.Profile) trial.Trial {
	for _, s := range trial.LoneClasses() {
		if s.Class == class {
			s.Timeout = timeout
			return trial.Lone(s, kind, busy, p)
		}
	}
	panic("timeoutrestarts: no class " + class)
}

// kinds of request: one that waits and one that computes.
var kinds = []string{"wait", "cpu"}

// own are the records of lone requests with others beside them.
func own(t results.Table) results.Table {
	var dos []results.Cell
	for _, kind := range kinds {
		for _, long := range []time.Duration{3 * time.Second, busy, 15 * time.Second} {
			dos = append(dos, results.Cell{"do": kind + ":" + long.String(), "burst": 1, "hog_do": trial.BystanderDo})
		}
	}
	return judge.Either(t, dos...)
}
