package workerisolation

import (
	_ "embed"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "worker-isolation"
	claim = "SIGKILL of one busy worker of 4 loses no request but those in its hands, and its slot answers again within 1 s."
	do    = "wait:50ms"
)

//go:embed doc.go
var doc string

// Experiment is the descriptor.
var Experiment = experiments.Experiment{
	ID: id, Doc: doc, Claim: claim, Axes: []string{"class", "workers", "threads"},
	Trials: trials, Judge: judge, Charts: charts,
}

var (
	sync    = experiments.Server{Class: "sync", Workers: 4}
	gthread = experiments.Server{Class: "gthread", Workers: 4, Threads: 1}
	gevent  = experiments.Server{Class: "gevent", Workers: 4}
	alone   = experiments.Server{Class: "gthread", Workers: 1, Threads: 4}
)

func trials(p experiments.Profile) []experiments.Trial {
	servers := experiments.Pick(p,
		[]experiments.Server{sync},
		[]experiments.Server{sync, gthread, gevent, alone},
		[]experiments.Server{sync, gthread, gevent, alone, {Class: "gthread", Workers: 2, Threads: 2}},
		[]experiments.Server{sync, gthread, gevent, alone, {Class: "gthread", Workers: 2, Threads: 2}})
	var all []experiments.Trial
	for _, s := range servers {
		all = append(all, experiments.Trial{
			Server: s, Place: experiments.Pin, Load: experiments.Load{Do: do, Rate: 40},
			Window: 2 * time.Second, Kill: time.Second,
			Group: "kill", Blocks: experiments.Pick(p, 1, 3, 8, 20),
		})
	}
	return all
}

func own() results.Cell { return results.Cell{"do": do, "rate": 40, "kill_seconds": 1} }
