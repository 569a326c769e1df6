package backlogoverflow

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
	ID:     "backlog-overflow",
	Axes:   []string{"backlog", "burst"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"least": 100 * least, "prompt": prompt, "retry": retry, "work": work, "patience": patience,
		"backlogs": []int{small.backlog, middle.backlog, ample.backlog}, "bursts": []int{small.burst, middle.burst},
		"crowd": crowd.burst, "little": crowd.backlog,
	}},
}

const (
	work     = 3 * time.Millisecond // of a request
	patience = 20 * time.Second     // of a client
)

// A rush is a burst of clients on a backlog.
type rush struct{ backlog, burst int }

var (
	small  = rush{8, 40}
	middle = rush{64, 128}
	crowd  = rush{8, 128} // more than the retries have room for: a stratum of its own
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
		all = append(all, r.trial(p))
	}
	return all
}

func (r rush) trial(p trial.Profile) trial.Trial {
	return trial.Trial{
		Server: spec.Server{Class: "sync", Workers: 1, Backlog: r.backlog}, Place: trial.Pin,
		Load:   spec.Load{Do: "wait:" + work.String(), Burst: r.burst, Timeout: patience},
		Window: 3 * time.Second, Memory: trial.NotRead,
		Group: "timer", Together: true, Untimed: true, Blocks: trial.Pick(p, 1, 2, 6, 12),
	}
}

// beyond is how many clients of a rush find the backlog full: the kernel holds one connection more
// than it says, and another is with the worker.
func (r rush) beyond() int { return max(0, r.burst-r.backlog-2) }
