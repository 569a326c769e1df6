package reloadloses

import (
	_ "embed"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "reload-loses-nothing"
	claim = "HUP under full load loses no request of clients that never try again, with keep-alive or without, under sync, gthread and gevent: none of thousands, fewer than 1 in 1000 with confidence."
	said  = "gunicorn's documentation (Signal Handling): on HUP the arbiter starts workers with the new configuration and lets the old ones finish gracefully."
	do    = "wait:1ms"
)

var (
	//go:embed doc.go
	doc string
	//go:embed ko.md
	koreanDoc string
	//go:embed ko.json
	korean string
)

// Experiment is the descriptor.
var Experiment = experiments.Experiment{
	ID: id, Doc: doc, Claim: claim, Said: said,
	Korean: experiments.Korean{Doc: koreanDoc, Messages: korean},
	Axes:   []string{"class", "workers", "threads", "keepalive"},
	Spare:  func(t trial.Trial) bool { return t.Server.Class == "asgi" }, // which no WSGI server has
	Trials: trials, Judge: verdict, Charts: charts,
}

const (
	clients = 8
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
		Server: s, Place: trial.Pin, Load: spec.Load{Do: do, Clients: clients, KeepAlive: keepAlive},
		Event: trial.Reloads, At: signal, Memory: trial.NotRead, Untimed: true,
		Window: trial.Pick(p, time.Second, 1200*time.Millisecond, 2*time.Second, 2*time.Second),
		Group:  "reload", Blocks: trial.Pick(p, 1, 2, 5, 12),
	}
}

func own() results.Cell { return results.Cell{"do": do, "event": "reloads"} }
