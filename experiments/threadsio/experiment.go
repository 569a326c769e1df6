package threadsio

import (
	_ "embed"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "threads-io"
	claim = "With the lock, where requests mostly wait, 16 threads serve at least 10 times what 1 does, and at 32 the CPU is at least 85 % busy, its limit 1/D."
	said  = "Python's documentation (threading) recommends threads for several I/O-bound tasks at once, the interpreter lock notwithstanding."
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
	Axes:   []string{"threads"},
	Trials: trials, Judge: verdict, Charts: charts,
}

func trials(p trial.Profile) []trial.Trial {
	var all []trial.Trial
	for _, t := range trial.Pick(p, []int{1, 16}, []int{1, 4, 16, 32}, []int{1, 2, 4, 8, 16, 32, 64}, []int{1, 2, 4, 8, 16, 32, 64}) {
		all = append(all, trial.Waiting(gthread(t), p))
	}
	if p != trial.Smoke {
		twin := trial.Waiting(gthread(16), p)
		twin.Twin = true
		all = append(all, twin)
	}
	return all
}

func gthread(threads int) spec.Server {
	return spec.Server{Class: "gthread", Workers: 1, Threads: threads, GIL: true}
}

func own() results.Cell {
	return results.Cell{"class": "gthread", "workers": 1, "gil": true, "do": trial.WaitingDo, "place": "pin", "arrivals": "closed"}
}
