package threadsio

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
	ID:     "threads-io",
	Axes:   []string{"threads"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"work": trial.LittleWork, "wait": trial.LongWait, "clients": of(1).Load.Clients,
		"many": many, "most": most, "speedup": speedup, "busy": 100 * busy,
		"crossing": int((trial.LittleWork + trial.LongWait) / trial.LittleWork),
	}},
}

const (
	many = 16 // threads
	most = 32
)

func trials(p trial.Profile) []trial.Trial {
	var all []trial.Trial
	for _, t := range trial.Pick(p, []int{1, many}, []int{1, 4, many, most}, []int{1, 2, 4, 8, many, most, 64}, []int{1, 2, 4, 8, many, most, 64}) {
		all = append(all, trial.Waiting(gthread(t), p))
	}
	if p != trial.Smoke {
		all = append(all, trial.Waiting(gthread(many), p).Again())
	}
	return all
}

func gthread(threads int) spec.Server {
	return spec.Server{Class: "gthread", Workers: 1, Threads: threads, GIL: true}
}

// of is the trial of so many threads.
func of(threads int) trial.Trial {
	return trial.Waiting(gthread(threads), trial.Any)
}

// sizes are the trials of any number of threads, the twin aside.
func sizes(t trial.Trial) bool { return !t.Twin }
