package maxrequestsjitter

import (
	"embed"
	"fmt"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/experiments/wording"
	"github.com/workerlab/workerlab/models/spec"
)

//go:embed doc.go ko.md ko.json
var files embed.FS

// Experiment is the descriptor.
var Experiment = experiments.Experiment{
	ID:     "max-requests-jitter",
	Axes:   []string{"max_requests_jitter"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"workers": workers, "boot": boot, "limit": limit, "most": 2 * limit, "clients": clients, "cpu": cpu, "wait": wait,
		"part": 100 * part, "dips": judge.Seconds(dips), "shorter": judge.Seconds(shorter), "mostLost": 100 * mostLost, "wave": wave,
		"stop": workers * boot, "spread": limit * (cpu + wait),
	}},
}

const (
	workers = 4
	boot    = 200 * time.Millisecond
	limit   = 450 // requests after which a worker is replaced, and the jitter
	clients = 8
	cpu     = 200 * time.Microsecond // of a request, which then …
	wait    = 4 * time.Millisecond   // … waits
)

func trials(p trial.Profile) []trial.Trial {
	if p == trial.Smoke {
		return []trial.Trial{jittered(0, p)}
	}
	return []trial.Trial{jittered(0, p), jittered(limit, p)}
}

// jittered has one window in every profile but smoke: it is made to hold the first wave, and no other.
func jittered(jitter int, p trial.Profile) trial.Trial {
	return trial.Trial{
		Server: spec.Server{Class: "sync", Workers: workers, Boot: boot, MaxRequests: limit, Jitter: jitter},
		Place:  trial.Pin, Load: spec.Load{Do: fmt.Sprintf("cpu:%dus,wait:%v", cpu.Microseconds(), wait), Clients: clients}, Memory: trial.NotRead,
		Window: trial.Pick(p, 2500*time.Millisecond, 4500*time.Millisecond, 4500*time.Millisecond, 4500*time.Millisecond),
		Event:  trial.Watched, Group: "jitter", Blocks: trial.Pick(p, 1, 3, 6, 20),
	}
}
