package workersconcurrency

import (
	"embed"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/experiments/wording"
	"github.com/workerlab/workerlab/models/spec"
)

//go:embed doc.go ko.md ko.json
var files embed.FS

// Experiment is the descriptor.
var Experiment = experiments.Experiment{
	ID:     "workers-concurrency",
	Axes:   []string{"workers", "do"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"work": trial.LittleWork, "wait": trial.LongWait, "computes": trial.MuchWork, "clients": waiting(1).Load.Clients,
		"many": many, "cores": cores, "beyond": beyond, "speedup": speedup, "margin": 100 * margin, "extra": 100 * (extra - 1),
	}},
}

const (
	many   = 8 // workers whose requests wait
	cores  = 2 // and as many workers that compute, …
	beyond = 4 // … and more
)

func trials(p trial.Profile) []trial.Trial {
	var all []trial.Trial
	for _, w := range trial.Pick(p, []int{1, many}, []int{1, 2, 4, many}, []int{1, 2, 4, many, 16, 32}, []int{1, 2, 4, many, 16, 32}) {
		all = append(all, trial.Waiting(sync(w), p))
	}
	if p != trial.Smoke {
		all = append(all, trial.Waiting(sync(4), p).Again())
	}
	for _, w := range trial.Pick(p, computed[:3], computed[:3], computed[:3], computed) {
		all = append(all, trial.Computing(sync(w), p))
	}
	return all
}

// computed are the numbers of workers that compute; another claim runs more of them.
var computed = []int{1, cores, beyond, 8}

func sync(workers int) spec.Server {
	return spec.Server{Class: "sync", Workers: workers}
}

// The two strata: so many workers whose requests wait, and that compute.
func waiting(workers int) trial.Trial   { return trial.Waiting(sync(workers), trial.Any) }
func computing(workers int) trial.Trial { return trial.Computing(sync(workers), trial.Any) }

func waits(t trial.Trial) bool { return t.Load.Do == trial.WaitingDo && !t.Twin }
