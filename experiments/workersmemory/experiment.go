package workersmemory

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
	ID:     "workers-memory",
	Axes:   []string{"workers", "app_memory_bytes"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"app": app >> 20, "least": 100 * least, "many": many,
	}},
}

const (
	app  = 32 << 20 // bytes
	many = 8        // workers
	do   = "cpu:500us"
)

func trials(p trial.Profile) []trial.Trial {
	var all []trial.Trial
	for _, memory := range trial.Pick(p, []int64{0, app}, []int64{0, app}, []int64{0, 8 << 20, app, 128 << 20}, []int64{0, 8 << 20, app, 128 << 20}) {
		for _, w := range trial.Pick(p, []int{1, 4}, []int{1, 4, many}, []int{1, 2, 4, many, 16}, []int{1, 2, 4, many, 16}) {
			all = append(all, holding(memory, w, p))
		}
	}
	return all
}

// holding are workers whose app holds so much memory; four clients a worker reach every one of them many times.
func holding(memory int64, workers int, p trial.Profile) trial.Trial {
	return trial.Trial{
		Server: spec.Server{Class: "sync", Workers: workers, AppMemory: memory},
		Place:  trial.Pin, Load: spec.Load{Do: do, Clients: 4 * workers},
		Window: 200 * time.Millisecond, Memory: trial.Settled,
		Group: "memory", Blocks: trial.Pick(p, 1, 2, 3, 5), Untimed: true,
	}
}

// with are the trials of an app that holds so much.
func with(memory int64) func(trial.Trial) bool {
	return func(t trial.Trial) bool { return t.Server.AppMemory == memory }
}
