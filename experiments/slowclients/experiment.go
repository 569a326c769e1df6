package slowclients

import (
	_ "embed"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
)

const (
	id    = "slow-clients"
	claim = "With room for 4 requests, sync and gthread answer others as quickly beside 3 clients that take 5 s to send a head as beside none (median at most 1.5 times), and with 4 or 8 such clients in more than 1 s; gevent does not notice 8."
	said  = "gunicorn's documentation (Deploying Gunicorn) urges a proxy such as nginx in front, one that buffers slow clients: without it the default workers are easily kept from serving anybody."
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
	Axes:   []string{"class", "workers", "threads", "slow_clients", "slow_read_bytes", "slow_post_bytes"},
	Trials: trials, Judge: verdict, Charts: charts,
}

const (
	room  = 4 // W·T
	crowd = 8
)

var servers = []spec.Server{
	{Class: "sync", Workers: room},
	{Class: "gthread", Workers: 1, Threads: room},
	{Class: "gevent", Workers: 1},
}

func trials(p trial.Profile) []trial.Trial {
	if p == trial.Smoke { // no median in less time than a slow client takes
		return nil
	}
	var all []trial.Trial
	for _, s := range servers {
		for _, k := range []int{0, room - 1, room, crowd} {
			all = append(all, trial.Dawdled(s, trial.Slow{Clients: k}, p))
		}
	}
	if p == trial.Quick {
		return all
	}
	for _, s := range servers {
		for _, k := range []int{room - 1, room} {
			all = append(all,
				trial.Dawdled(s, trial.Slow{Clients: k, Read: trial.DawdledAnswer}, p),
				trial.Dawdled(s, trial.Slow{Clients: k, Post: trial.DawdledBody}, p))
		}
	}
	return all
}
