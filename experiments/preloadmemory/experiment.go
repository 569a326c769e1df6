package preloadmemory

import (
	_ "embed"
	"fmt"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id      = "preload-memory"
	claim   = "With preload, 4 workers with an app of 32 MiB need at most 0.9 of the memory, whether they write none, half or all of its pages, and a replacement serves in at most 0.3 of the time."
	said    = "gunicorn's documentation (Settings, preload_app) says that loading the app before the workers are forked saves memory and makes the server start faster."
	app     = 32 << 20 // bytes
	workers = 4
	boot    = 500 * time.Millisecond
	killDo  = "wait:50ms"
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
	Axes:   []string{"preload", "do", "boot_seconds"},
	Trials: trials, Judge: verdict, Charts: charts,
}

// fractions are the shares of the app's pages that the requests write, in the longer profiles.
var fractions = []float64{0, 0.25, 0.5, 0.75, 1}

// do is a request that writes to that share of the pages.
func do(fraction float64) string {
	const pause = "wait:5ms"
	if fraction == 0 {
		return pause
	}
	return fmt.Sprintf("touch:%g,%s", fraction, pause)
}

func trials(p trial.Profile) []trial.Trial {
	if p == trial.Smoke {
		return []trial.Trial{written(0.5, true, p)}
	}
	var all []trial.Trial
	for _, preload := range []bool{false, true} {
		for _, f := range trial.Pick(p, nil, []float64{0, 0.5, 1}, fractions, fractions) {
			all = append(all, written(f, preload, p))
		}
		all = append(all, replaced(preload, p))
	}
	return all
}

// written is a server whose workers have each written to that share of the app's pages.
func written(fraction float64, preload bool, p trial.Profile) trial.Trial {
	return trial.Trial{
		Server: spec.Server{Class: "sync", Workers: workers, AppMemory: app, Preload: preload},
		Place:  trial.Pin, Load: spec.Load{Do: do(fraction), Clients: 4 * workers},
		Window: 200 * time.Millisecond, Memory: trial.Settled,
		Group: "memory", Blocks: trial.Pick(p, 1, 2, 3, 5), Untimed: true,
	}
}

// replaced is a server that takes time to load its app, and loses a worker.
func replaced(preload bool, p trial.Profile) trial.Trial {
	return trial.Trial{
		Server: spec.Server{Class: "sync", Workers: workers, AppMemory: app, Preload: preload, Boot: boot},
		Place:  trial.Pin, Load: spec.Load{Do: killDo, Rate: 40}, Memory: trial.NotRead,
		Window: time.Second, Event: trial.Killed, At: 200 * time.Millisecond,
		Group: "kill", Blocks: trial.Pick(p, 1, 2, 5, 10),
	}
}

func memoryOf(fraction float64) results.Cell {
	return results.Cell{"class": "sync", "workers": workers, "app_memory_bytes": app, "memory": "settled", "boot_seconds": 0, "do": do(fraction)}
}

func times() results.Cell {
	return results.Cell{"class": "sync", "workers": workers, "app_memory_bytes": app, "boot_seconds": boot.Seconds(), "event": "killed", "do": killDo}
}

func own(t results.Table) results.Table {
	cells := []results.Cell{times()}
	for _, f := range fractions {
		cells = append(cells, memoryOf(f))
	}
	return judge.Either(t, cells...)
}
