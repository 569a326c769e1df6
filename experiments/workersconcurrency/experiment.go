package workersconcurrency

import (
	_ "embed"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "workers-concurrency"
	claim = "More sync workers serve more requests at once: where requests wait, 8 serve at least 6 times what 1 does, as X(W) says within 10 %; where they compute, 4 serve at least 10 % more than 2 on two cores."
	said  = "Introductions to gunicorn say that more workers serve more requests at once; its documentation (Design, How Many Workers?) adds that too many slow the whole system down."
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
	ID: id, Doc: doc, Claim: claim, Said: said, Korean: experiments.Korean{Doc: koreanDoc, Messages: koreanMessages},
	Axes:   []string{"workers", "do"},
	Trials: trials, Judge: verdict, Charts: charts,
}

func trials(p trial.Profile) []trial.Trial {
	var all []trial.Trial
	for _, w := range trial.Pick(p, []int{1, 8}, []int{1, 2, 4, 8}, []int{1, 2, 4, 8, 16, 32}, []int{1, 2, 4, 8, 16, 32}) {
		all = append(all, trial.Waiting(sync(w), p))
	}
	if p != trial.Smoke {
		twin := trial.Waiting(sync(4), p)
		twin.Twin = true
		all = append(all, twin)
	}
	for _, w := range trial.Pick(p, computed[:3], computed[:3], computed[:3], computed) {
		all = append(all, trial.Computing(sync(w), p))
	}
	return all
}

// computed are the numbers of workers that compute; another claim runs more of them.
var computed = []int{1, 2, 4, 8}

func sync(workers int) spec.Server {
	return spec.Server{Class: "sync", Workers: workers}
}

// The two strata.
func waiting() results.Cell {
	return results.Cell{"class": "sync", "do": trial.WaitingDo, "place": "pin", "arrivals": "closed"}
}

func computing(workers int) results.Cell {
	return results.Cell{"class": "sync", "workers": workers, "do": trial.ComputingDo, "place": "share", "arrivals": "closed"}
}

// own are the records of both strata.
func own(t results.Table) (io, cpu results.Table) {
	var cells []results.Cell
	for _, w := range computed {
		cells = append(cells, computing(w))
	}
	return t.Match(waiting()), judge.Either(t, cells...)
}
