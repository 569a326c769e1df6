package onepod

import (
	_ "embed"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "one-worker-per-pod"
	claim = "At 70 % load, 4 servers of 1 sync worker behind a balancer that picks at random answer on average at least 1.25 times as late as 1 server with 4 workers."
	said  = "Guides to running Python web apps on a cluster, FastAPI's documentation on containers among them, advise one worker process to a container and leave the rest to the cluster's balancer."
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
	Axes:   []string{"pods", "workers"},
	Trials: trials, Judge: verdict, Charts: charts,
}

// trials are the two ways to have four workers. Their ratio is told by pairs alone, of which three
// would leave a wide interval.
func trials(p trial.Profile) []trial.Trial {
	pods := trial.Random(spec.Server{Class: "sync", Workers: 1}, p)
	pods.Pods = 4
	all := []trial.Trial{pods}
	if p != trial.Smoke {
		all = append(all, trial.Random(spec.Server{Class: "sync", Workers: 4}, p))
	}
	for i := range all {
		all[i].Blocks = trial.Pick(p, 1, 3, 6, 20)
	}
	return all
}

// The two cells.
func together() results.Cell { return random(1, 4) }
func apart() results.Cell    { return random(4, 1) }

func random(pods, workers int) results.Cell {
	return results.Cell{
		"class": "sync", "pods": pods, "workers": workers, "reuse_port": false, "twin": false,
		"do": trial.RandomDo, "arrivals": "poisson", "rate": trial.RandomRate,
	}
}
