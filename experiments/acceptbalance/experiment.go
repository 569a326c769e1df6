package acceptbalance

import (
	_ "embed"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "accept-balance"
	claim = "At 70 % load, 4 gthread workers of 1 thread answer on average at least 2 times as late as 4 sync workers, the busiest taking more than 30 % of the requests; with worker-connections 1 they answer within 25 % of sync's time."
	said  = "gunicorn's documentation (Design) leaves all balancing between workers to the operating system, which is commonly taken to hand each request to an idle one."
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
	Axes:   []string{"class", "workers", "worker_connections", "exclusive", "reuse_port"},
	Spare:  func(t trial.Trial) bool { return t.Server.Class == "gevent" }, // told beside the claim
	Trials: trials, Judge: verdict, Charts: charts,
}

// The servers, each of which can serve four requests at once, or more.
var (
	forked    = spec.Server{Class: "sync", Workers: 4}
	greedy    = spec.Server{Class: "gthread", Workers: 4, Threads: 1}
	modest    = spec.Server{Class: "gthread", Workers: 4, Threads: 1, Connections: 1}
	shared    = spec.Server{Class: "gevent", Workers: 4}
	exclusive = spec.Server{Class: "gevent", Workers: 4, Exclusive: true}
	hashed    = spec.Server{Class: "gevent", Workers: 4, ReusePort: true}

	// In the longer profiles: sync behind a hash, and threads that share one queue.
	forkedHashed = spec.Server{Class: "sync", Workers: 4, ReusePort: true}
	pairs        = spec.Server{Class: "gthread", Workers: 2, Threads: 2}
	pool         = spec.Server{Class: "gthread", Workers: 1, Threads: 4}
)

func trials(p trial.Profile) []trial.Trial {
	var all []trial.Trial
	for _, s := range trial.Pick(p,
		[]spec.Server{greedy},
		[]spec.Server{forked, greedy, modest},
		[]spec.Server{forked, greedy, modest, forkedHashed, pairs, pool},
		[]spec.Server{forked, greedy, modest, forkedHashed, pairs, pool}) {
		all = append(all, trial.Random(s, p))
	}
	if p == trial.Smoke {
		return all
	}
	twin := trial.Random(forked, p)
	twin.Twin = true
	all = append(all, twin)
	for _, s := range []spec.Server{shared, exclusive, hashed} {
		t := trial.Random(s, p)
		t.Window /= 2 // only the shares are read, and they show soon
		t.Blocks = trial.Pick(p, 1, 1, 3, 8)
		all = append(all, t)
	}
	return all
}

func own() results.Cell {
	return results.Cell{"do": trial.RandomDo, "arrivals": "poisson", "rate": trial.RandomRate, "pods": 1}
}
