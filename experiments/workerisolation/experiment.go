package workerisolation

import (
	"embed"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/experiments/wording"
	"github.com/workerlab/workerlab/models/spec"
)

//go:embed doc.go ko.md ko.json
var files embed.FS

// Experiment is the descriptor.
var Experiment = experiments.Experiment{
	ID:     "worker-isolation",
	Axes:   []string{"class", "workers", "threads"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"workers": workers, "soon": judge.Seconds(soon), "rate": rate, "wait": wait, "bear": (workers - 1) * int(time.Second/wait), "at": at,
		"least": least, "lone": lone.Shape(), "threads": lone.Threads,
	}},
}

const (
	workers = 4
	rate    = 40 // requests/s
	wait    = 50 * time.Millisecond
	at      = time.Second // of the window, when a worker is killed
)

// servers can hold as many requests at once: so many workers, and the lone one of as many threads.
var (
	servers = []spec.Server{
		{Class: "sync", Workers: workers},
		{Class: "gthread", Workers: workers, Threads: 1},
		{Class: "gevent", Workers: workers},
		lone,
	}
	lone = spec.Server{Class: "gthread", Workers: 1, Threads: workers}
)

func trials(p trial.Profile) []trial.Trial {
	var all []trial.Trial
	for _, s := range trial.Pick(p, servers[:1], servers, servers, servers) {
		all = append(all, killed(s, p))
	}
	return all
}

func killed(s spec.Server, p trial.Profile) trial.Trial {
	return trial.Trial{
		Server: s, Place: trial.Pin, Load: spec.Load{Do: "wait:" + wait.String(), Rate: rate},
		Window: 2 * time.Second, Event: trial.Killed, At: at,
		Group: "kill", Blocks: trial.Pick(p, 1, 2, 8, 20),
	}
}
