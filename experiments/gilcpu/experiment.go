package gilcpu

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
	ID:     "gil-cpu",
	Spare:  func(t trial.Trial) bool { return t.Server.Threads > 1 && !t.Server.GIL }, // without its lock
	Axes:   []string{"class", "workers", "threads", "gil"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"work": trial.ComputingDo, "clients": pool(1, true).Load.Clients,
		"many": many, "forked": forked, "most": most, "least": least,
	}},
}

const (
	many   = 4 // threads
	forked = 2 // processes
)

func trials(p trial.Profile) []trial.Trial {
	var all []trial.Trial
	for _, t := range trial.Pick(p, []int{1, many}, []int{1, many}, []int{1, 2, many, 8}, []int{1, 2, many, 8}) {
		for _, lock := range trial.Pick(p, []bool{true}, []bool{true, false}, []bool{true, false}, []bool{true, false}) {
			all = append(all, trial.Computing(gthread(t, lock), p))
		}
	}
	if p != trial.Smoke {
		all = append(all, trial.Computing(gthread(many, true), p).Again())
	}
	for _, w := range []int{1, forked} {
		all = append(all, trial.Computing(spec.Server{Class: "sync", Workers: w}, p))
	}
	return all
}

func gthread(threads int, lock bool) spec.Server {
	return spec.Server{Class: "gthread", Workers: 1, Threads: threads, GIL: lock}
}

// The trials of a judge: so many threads, and so many processes.
func pool(threads int, lock bool) trial.Trial {
	return trial.Computing(gthread(threads, lock), trial.Any)
}

func processes(n int) trial.Trial {
	return trial.Computing(spec.Server{Class: "sync", Workers: n}, trial.Any)
}
