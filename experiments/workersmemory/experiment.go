package workersmemory

import (
	_ "embed"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "workers-memory"
	claim = "Each further sync worker adds at least 90 % of the app's private memory to the server's PSS."
	said  = "Introductions to gunicorn say that each worker has a memory space of its own, so that more workers take more memory; guides to hosting, Heroku's among them, warn of it."
	app   = 32 << 20 // bytes
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
	Axes:   []string{"workers", "app_memory_bytes"},
	Trials: trials, Judge: verdict, Charts: charts,
}

// do is a short request; four clients a worker reach every one of them many times.
const do = "cpu:500us"

func trials(p trial.Profile) []trial.Trial {
	var all []trial.Trial
	for _, memory := range trial.Pick(p, []int64{0, app}, []int64{0, app}, []int64{0, 8 << 20, app, 128 << 20}, []int64{0, 8 << 20, app, 128 << 20}) {
		for _, w := range trial.Pick(p, []int{1, 4}, []int{1, 4, 8}, []int{1, 2, 4, 8, 16}, []int{1, 2, 4, 8, 16}) {
			all = append(all, trial.Trial{
				Server: spec.Server{Class: "sync", Workers: w, AppMemory: memory},
				Place:  trial.Pin, Load: spec.Load{Do: do, Clients: 4 * w},
				Window: 200 * time.Millisecond, Memory: trial.Settled,
				Group: "memory", Blocks: trial.Pick(p, 1, 2, 3, 5), Untimed: true,
			})
		}
	}
	return all
}

func own() results.Cell {
	return results.Cell{"class": "sync", "do": do, "memory": "settled"}
}
