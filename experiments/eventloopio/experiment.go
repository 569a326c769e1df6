package eventloopio

import (
	_ "embed"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "event-loop-io"
	claim = "One event-driven worker holds 1000 requests that wait 2 s, answers at least 99 % of them within 2.5 s, and needs less than 16 KiB for each."
	said  = "gunicorn's documentation (Design, Choosing a Worker Type) recommends asynchronous workers for apps that wait long, for other services or on open connections."
	do    = "wait:2s"
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
	Axes:   []string{"class", "burst"},
	Spare:  func(t trial.Trial) bool { return t.Server.Class == "asgi" }, // which no WSGI server has
	Trials: trials, Judge: verdict, Charts: charts,
}

// loops are the event-driven classes.
var loops = []string{"gevent", "asgi"}

func trials(p trial.Profile) []trial.Trial {
	var all []trial.Trial
	for _, k := range trial.Pick(p, []int{1000}, []int{1000, 5000}, []int{100, 1000, 5000, 10_000}, []int{100, 1000, 5000, 10_000}) {
		for _, class := range trial.Pick(p, loops[:1], loops, loops, loops) {
			all = append(all, park(spec.Server{Class: class, Workers: 1, Connections: 20_000}, k, p))
		}
	}
	if p != trial.Smoke {
		all = append(all,
			park(spec.Server{Class: "gthread", Workers: 1, Threads: 500}, 500, p),
			park(spec.Server{Class: "sync", Workers: 4}, 100, p))
	}
	return all
}

// park sends k requests that wait.
func park(s spec.Server, k int, p trial.Profile) trial.Trial {
	const fastest = 4000 // connections/s that the generator opens with ease
	return trial.Trial{
		Server: s, Place: trial.Pin,
		Load:   spec.Load{Do: do, Burst: k, Over: max(time.Second/2, time.Duration(k)*time.Second/fastest), Timeout: 3 * time.Second},
		Window: 2500 * time.Millisecond, Memory: trial.WhileHeld,
		Group: "parked", Blocks: trial.Pick(p, 1, 2, 4, 8),
	}
}

func own() results.Cell { return results.Cell{"do": do, "arrivals": "burst"} }
