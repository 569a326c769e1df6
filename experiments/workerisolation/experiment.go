package workerisolation

import (
	_ "embed"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "worker-isolation"
	claim = "SIGKILL of one busy worker of 4 loses no request but those in its hands, and its slot is served again within 1 s."
	said  = "gunicorn's documentation (Design, Sync Workers) says that an error affects one request at most; introductions add that when a worker ends, the others go on serving."
	do    = "wait:50ms"
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
	Axes:   []string{"class", "workers", "threads"},
	Trials: trials, Judge: verdict, Charts: charts,
}

// servers can hold four requests at once: four workers, and one of four threads.
var servers = []spec.Server{
	{Class: "sync", Workers: 4},
	{Class: "gthread", Workers: 4, Threads: 1},
	{Class: "gevent", Workers: 4},
	{Class: "gthread", Workers: 1, Threads: 4},
}

func trials(p trial.Profile) []trial.Trial {
	var all []trial.Trial
	for _, s := range trial.Pick(p, servers[:1], servers, servers, servers) {
		all = append(all, trial.Trial{
			Server: s, Place: trial.Pin, Load: spec.Load{Do: do, Rate: 40},
			Window: 2 * time.Second, Event: trial.Killed, At: time.Second,
			Group: "kill", Blocks: trial.Pick(p, 1, 2, 8, 20),
		})
	}
	return all
}

// own are the records of the claim. preload-memory kills workers too, under the same load, but of an app
// that takes memory, and time to load.
func own() results.Cell {
	return results.Cell{"do": do, "rate": 40, "event": "killed", "app_memory_bytes": 0, "boot_seconds": 0}
}
