package acceptbalance

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
	ID:     "accept-balance",
	Spare:  func(t trial.Trial) bool { return t.Server.Class == "gevent" }, // secondary
	Axes:   []string{"class", "workers", "worker_connections", "exclusive", "reuse_port"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"load": 100 * trial.RandomLoad, "rate": trial.RandomRate, "wait": trial.RandomWait,
		"workers": forked.Workers, "limit": modest.Connections,
		"later": later, "margin": 100 * margin, "unequal": 100 * unequal, "minStarts": minStarts,
		"pooled": even.Slowdown(), "split": alone.Slowdown(), "overload": 1 / (trial.RandomRoom * trial.RandomLoad),
		"forked": forked.Shape(), "greedy": greedy.Shape(),
	}},
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

// What theory has of as many workers at that load, for a second of service: one queue for all, and one of a
// worker's own.
var (
	even  = queueing.Open{Rate: trial.RandomLoad * trial.RandomRoom, Service: time.Second, Servers: trial.RandomRoom}
	alone = queueing.Open{Rate: trial.RandomLoad, Service: time.Second, Servers: 1}
)

// of is the trial of a server.
func of(s spec.Server) trial.Trial { return trial.Random(s, trial.Any) }

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
	all = append(all, trial.Random(forked, p).Again())
	for _, s := range []spec.Server{shared, exclusive, hashed} {
		t := trial.Random(s, p)
		t.Window /= 2 // only the shares are read, and they show soon
		t.Blocks = trial.Pick(p, 1, 1, 3, 8)
		all = append(all, t)
	}
	return all
}
