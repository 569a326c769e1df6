package preloadmemory

import (
	"embed"
	"fmt"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/experiments/wording"
	"github.com/workerlab/workerlab/models/spec"
)

const (
	app     = 32 << 20 // bytes
	workers = 4
	boot    = 500 * time.Millisecond
	killDo  = "wait:50ms"
	pause   = 5 * time.Millisecond // of a request that writes
)

//go:embed doc.go ko.md ko.json
var files embed.FS

// Experiment is the descriptor.
var Experiment = experiments.Experiment{
	ID:     "preload-memory",
	Axes:   []string{"preload", "do", "boot_seconds"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"workers": workers, "app": app >> 20, "saves": saves, "quicker": quicker, "breakEven": breakEven,
		"boot": boot, "pause": pause, "clients": written(0, true, trial.Any).Load.Clients,
	}},
}

// fractions are the shares of the app's pages that the requests write, in the longer profiles.
var fractions = []float64{0, 0.25, 0.5, 0.75, 1}

// do is a request that writes to that share of the pages.
func do(fraction float64) string {
	if fraction == 0 {
		return "wait:" + pause.String()
	}
	return fmt.Sprintf("touch:%g,wait:%v", fraction, pause)
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
