package onepod

import (
	"embed"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/experiments/wording"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/models/spec"
)

//go:embed doc.go ko.md ko.json
var files embed.FS

// Experiment is the descriptor.
var Experiment = experiments.Experiment{
	ID:     "one-worker-per-pod",
	Axes:   []string{"pods", "workers"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"load": 100 * trial.RandomLoad, "rate": trial.RandomRate, "wait": trial.RandomWait, "many": many, "later": later, "slow": slow,
		"pooled": pooled.Slowdown(), "split": split.Slowdown(), "ratio": split.Slowdown() / pooled.Slowdown(),
	}},
}

const many = trial.RandomRoom // pods, and workers of the one server

// Theory, for a second of service: one queue for all workers, and one of a worker's own.
var (
	pooled = queueing.Open{Rate: trial.RandomLoad * many, Service: time.Second, Servers: many}
	split  = queueing.Open{Rate: trial.RandomLoad, Service: time.Second, Servers: 1}
)

func trials(p trial.Profile) []trial.Trial {
	if p == trial.Smoke {
		return []trial.Trial{apart(p)}
	}
	return []trial.Trial{apart(p), together(p)}
}

// together and apart are the two ways to have so many workers. Their ratio is told by pairs alone, of which
// three would leave a wide interval.
func together(p trial.Profile) trial.Trial { return random(1, many, p) }
func apart(p trial.Profile) trial.Trial    { return random(many, 1, p) }

func random(pods, workers int, p trial.Profile) trial.Trial {
	t := trial.Random(spec.Server{Class: "sync", Workers: workers}, p)
	t.Pods, t.Blocks = pods, trial.Pick(p, 1, 3, 6, 20)
	return t
}
