package backlogoverflow

import (
	_ "embed"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "backlog-overflow"
	claim = "Of the clients that connect while the backlog is full, at least 1 in 20 get an error."
	said  = "gunicorn's documentation (Settings, backlog): a client beyond it gets an error when it tries to connect."
	do    = "wait:3ms"
)

var (
	//go:embed doc.go
	doc string
	//go:embed ko.md
	koreanDoc string
	//go:embed ko.json
	korean string
)

// Experiment is the descriptor.
var Experiment = experiments.Experiment{
	ID: id, Doc: doc, Claim: claim, Said: said,
	Korean: experiments.Korean{Doc: koreanDoc, Messages: korean},
	Axes:   []string{"backlog", "burst"},
	Trials: trials, Judge: verdict, Charts: charts,
}

// A rush is a burst of clients on a backlog.
type rush struct{ backlog, burst int }

var (
	small  = rush{8, 40}
	middle = rush{64, 128}
	crowd  = rush{8, 128} // more than the retries of 20 s have room for: a stratum of its own
	fits   = rush{64, 40} // nobody is beyond it
	ample  = rush{256, 128}
)

func trials(p trial.Profile) []trial.Trial {
	rushes := trial.Pick(p,
		[]rush{small},
		[]rush{small, middle, fits, ample},
		[]rush{small, middle, fits, ample, crowd},
		[]rush{small, middle, fits, ample, crowd})
	var all []trial.Trial
	for _, r := range rushes {
		all = append(all, trial.Trial{
			Server: spec.Server{Class: "sync", Workers: 1, Backlog: r.backlog}, Place: trial.Pin,
			Load:   spec.Load{Do: do, Burst: r.burst, Timeout: 20 * time.Second},
			Window: 3 * time.Second, Memory: trial.NotRead,
			Group: "timer", Together: true, Untimed: true, Blocks: trial.Pick(p, 1, 2, 6, 12),
		})
	}
	return all
}

func own() results.Cell {
	return results.Cell{"do": do, "arrivals": "burst", "class": "sync", "workers": 1}
}

func (r rush) cell() results.Cell { return results.Cell{"backlog": r.backlog, "burst": r.burst} }

// beyond is how many clients of a rush find the backlog full: the kernel holds one connection more
// than it says, and another is with the worker.
func (r rush) beyond() int { return max(0, r.burst-r.backlog-2) }
