package acceptbalance

import (
	_ "embed"

	"github.com/workerlab/workerlab/experiments"
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
	Spare:  func(t experiments.Trial) bool { return t.Server.Class == "gevent" }, // told beside the claim
	Trials: trials, Judge: judge, Charts: charts,
}

// The servers, each of which can serve four requests at once, or more.
var (
	forked    = experiments.Server{Class: "sync", Workers: 4}
	greedy    = experiments.Server{Class: "gthread", Workers: 4, Threads: 1}
	modest    = experiments.Server{Class: "gthread", Workers: 4, Threads: 1, Connections: 1}
	shared    = experiments.Server{Class: "gevent", Workers: 4}
	exclusive = experiments.Server{Class: "gevent", Workers: 4, Exclusive: true}
	hashed    = experiments.Server{Class: "gevent", Workers: 4, ReusePort: true}

	// In the longer profiles: sync behind a hash, and threads that share one queue.
	forkedHashed = experiments.Server{Class: "sync", Workers: 4, ReusePort: true}
	pairs        = experiments.Server{Class: "gthread", Workers: 2, Threads: 2}
	pool         = experiments.Server{Class: "gthread", Workers: 1, Threads: 4}
)

func trials(p experiments.Profile) []experiments.Trial {
	var all []experiments.Trial
	for _, s := range experiments.Pick(p,
		[]experiments.Server{greedy},
		[]experiments.Server{forked, greedy, modest},
		[]experiments.Server{forked, greedy, modest, forkedHashed, pairs, pool},
		[]experiments.Server{forked, greedy, modest, forkedHashed, pairs, pool}) {
		all = append(all, experiments.Random(s, p))
	}
	if p == experiments.Smoke {
		return all
	}
	twin := experiments.Random(forked, p)
	twin.Twin = true
	all = append(all, twin)
	for _, s := range []experiments.Server{shared, exclusive, hashed} {
		t := experiments.Random(s, p)
		t.Window /= 2 // only the shares are read, and they show soon
		t.Blocks = experiments.Pick(p, 1, 1, 3, 8)
		all = append(all, t)
	}
	return all
}

func own() results.Cell {
	return results.Cell{"do": experiments.RandomDo, "arrivals": "poisson", "rate": experiments.RandomRate, "pods": 1}
}
