package reloadloses

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
	ID:     "reload-loses-nothing",
	Spare:  func(t trial.Trial) bool { return t.Server.Class == "asgi" }, // which no WSGI server has
	Axes:   []string{"class", "workers", "threads", "keepalive"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"clients": clients, "signal": signal, "wait": wait, "most": 100 * most, "confidence": 100 * judge.Confidence,
		"forked": servers[0].Shape(), "threads": servers[1].Shape(), "loop": servers[2].Shape(),
	}},
}

const (
	clients = 8
	wait    = time.Millisecond
	signal  = 300 * time.Millisecond // into the window
)

// servers are by class; those of the claim come first.
var servers = []spec.Server{
	{Class: "sync", Workers: 4},
	{Class: "gthread", Workers: 2, Threads: 4},
	{Class: "gevent", Workers: 2},
	{Class: "eventlet", Workers: 2},
	{Class: "asgi", Workers: 2},
	{Class: "tornado", Workers: 4},
}

const ofClaim = 3

func trials(p trial.Profile) []trial.Trial {
	var all []trial.Trial
	for _, s := range trial.Pick(p, servers[:1], servers[:ofClaim], servers, servers) {
		all = append(all, reloaded(s, false, p))
		if s.Class != "sync" {
			all = append(all, reloaded(s, true, p))
		}
	}
	return all
}

func reloaded(s spec.Server, keepAlive bool, p trial.Profile) trial.Trial {
	return trial.Trial{
		Server: s, Place: trial.Pin, Load: spec.Load{Do: "wait:" + wait.String(), Clients: clients, KeepAlive: keepAlive},
		Event: trial.Reloads, At: signal, Memory: trial.NotRead, Untimed: true,
		Window: trial.Pick(p, time.Second, 1200*time.Millisecond, 2*time.Second, 2*time.Second),
		Group:  "reload", Blocks: trial.Pick(p, 1, 2, 5, 12),
	}
}

// of are the trials of a class.
func of(class string) func(trial.Trial) bool {
	return func(t trial.Trial) bool { return t.Server.Class == class }
}
