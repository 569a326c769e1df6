package reloadloses

import (
	_ "embed"
	"time"

	"github.com/workerlab/workerlab/experiments"
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
	Spare:  func(t experiments.Trial) bool { return t.Server.Class == "asyncio" }, // which no WSGI server has
	Trials: trials, Judge: judge, Charts: charts,
}

const (
	clients = 8
	signal  = 300 * time.Millisecond // into the window
)

// servers are by class; those of the claim come first.
var servers = []experiments.Server{
	{Class: "sync", Workers: 4},
	{Class: "gthread", Workers: 2, Threads: 4},
	{Class: "gevent", Workers: 2},
	{Class: "eventlet", Workers: 2},
	{Class: "asyncio", Workers: 2},
	{Class: "tornado", Workers: 4},
}

const ofClaim = 3

func trials(p experiments.Profile) []experiments.Trial {
	var all []experiments.Trial
	for _, s := range experiments.Pick(p, servers[:1], servers[:ofClaim], servers, servers) {
		all = append(all, reloaded(s, false, p))
		if s.Class != "sync" {
			all = append(all, reloaded(s, true, p))
		}
	}
	return all
}

func reloaded(s experiments.Server, keepAlive bool, p experiments.Profile) experiments.Trial {
	return experiments.Trial{
		Server: s, Place: experiments.Pin, Load: experiments.Load{Do: do, Clients: clients, KeepAlive: keepAlive},
		Event: experiments.Reloads, At: signal, Memory: experiments.NotRead, Untimed: true,
		Window: experiments.Pick(p, time.Second, 1200*time.Millisecond, 2*time.Second, 2*time.Second),
		Group:  "reload", Blocks: experiments.Pick(p, 1, 2, 5, 12),
	}
}

func own() results.Cell { return results.Cell{"do": do, "event": "reloads"} }
