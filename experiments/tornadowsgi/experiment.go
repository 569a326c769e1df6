package tornadowsgi

import (
	_ "embed"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "tornado-wsgi"
	claim = "For requests that only wait, 2 asgi workers, whose app awaits, serve at least 10 times as many as 2 tornado workers with an app that blocks, which serve what 2 sync workers do, W/(D+I), both within 10 %."
	said  = "Introductions to gunicorn list tornado among the worker classes that bring asynchronous handling to an application."
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
	ID: id, Doc: doc, Claim: claim, Said: said, Axes: []string{"class"},
	Korean: experiments.Korean{Doc: koreanDoc, Messages: koreanMessages},
	Trials: trials, Judge: verdict, Charts: charts,
}

const workers = 2

func trials(p trial.Profile) []trial.Trial {
	var all []trial.Trial
	for _, class := range trial.Pick(p, classes[:1], classes, classes, classes) {
		all = append(all, trial.Idle(spec.Server{Class: class, Workers: workers}, trial.IdleDo, p))
	}
	return all
}

var classes = []string{"tornado", "sync", "asgi", "gevent"}

func own(class string) results.Cell {
	return results.Cell{"class": class, "workers": workers, "do": trial.IdleDo, "place": "pin", "arrivals": "closed", "clients": trial.Idlers, "twin": false}
}
