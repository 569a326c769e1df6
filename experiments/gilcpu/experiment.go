package gilcpu

import (
	_ "embed"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "gil-cpu"
	claim = "For requests that compute, on two cores: with the lock 4 threads serve less than 1.1 times what 1 does, without it at least 1.6 times, and 2 processes at least 1.6 times."
	said  = "Python's documentation (threading) says that the interpreter lock lets one thread at a time run Python code, so that threads alone do not make use of several cores."
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
	Axes:   []string{"class", "workers", "threads", "gil"},
	Spare:  func(t trial.Trial) bool { return t.Server.Threads > 1 && !t.Server.GIL }, // without its lock
	Trials: trials, Judge: verdict, Charts: charts,
}

func trials(p trial.Profile) []trial.Trial {
	var all []trial.Trial
	for _, t := range trial.Pick(p, []int{1, 4}, []int{1, 4}, []int{1, 2, 4, 8}, []int{1, 2, 4, 8}) {
		for _, lock := range trial.Pick(p, []bool{true}, []bool{true, false}, []bool{true, false}, []bool{true, false}) {
			all = append(all, trial.Computing(gthread(t, lock), p))
		}
	}
	if p != trial.Smoke {
		twin := trial.Computing(gthread(4, true), p)
		twin.Twin = true
		all = append(all, twin)
	}
	for _, w := range []int{1, 2} {
		all = append(all, trial.Computing(spec.Server{Class: "sync", Workers: w}, p))
	}
	return all
}

func gthread(threads int, lock bool) spec.Server {
	return spec.Server{Class: "gthread", Workers: 1, Threads: threads, GIL: lock}
}

func threads() results.Cell {
	return results.Cell{"class": "gthread", "workers": 1, "do": trial.ComputingDo, "place": "share", "arrivals": "closed"}
}

// processes are one of sync and two; other claims run more of them.
func processes(n int) results.Cell {
	return results.Cell{"class": "sync", "workers": n, "do": trial.ComputingDo, "place": "share", "arrivals": "closed"}
}

func own(t results.Table) results.Table {
	return judge.Either(t, threads(), processes(1), processes(2))
}
