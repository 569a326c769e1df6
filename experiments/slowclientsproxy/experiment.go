package slowclientsproxy

import (
	_ "embed"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "slow-clients-proxy"
	claim = "Beside 4 clients that take 5 s to send a head, 4 sync workers behind nginx answer the others with a median below 2 times that without slow clients; without nginx they leave them waiting for more than 1 s. This holds for workerlab and for gunicorn."
	said  = "gunicorn's documentation (Deploying Gunicorn) strongly advises a proxy server in front, nginx for choice, which buffers slow clients."
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
	ID: id, Doc: doc, Claim: claim, Said: said, Across: true,
	Korean: experiments.Korean{Doc: koreanDoc, Messages: korean},
	Axes:   []string{"system", "slow_clients", "slow_read_bytes", "slow_post_bytes"},
	Trials: trials, Judge: verdict, Charts: charts,
}

const room = 4 // workers, and clients who hold all of them

// A front is a server by itself and behind nginx.
type front struct{ alone, behind string }

var fronts = []front{{results.Ours, "nginx+" + results.Ours}, {"gunicorn", "nginx+gunicorn"}}

func trials(p trial.Profile) []trial.Trial {
	if p == trial.Smoke { // no median in less time than a slow client takes
		return nil
	}
	kinds := []trial.Slow{{}, {Clients: room}}
	if p > trial.Quick {
		kinds = append(kinds,
			trial.Slow{Clients: room, Read: trial.DawdledAnswer},
			trial.Slow{Clients: room, Post: trial.DawdledBody})
	}
	var all []trial.Trial
	for _, f := range fronts {
		for _, system := range []string{f.alone, f.behind} {
			for _, slow := range kinds {
				t := trial.Dawdled(spec.Server{Class: "sync", Workers: room}, slow, p)
				t.Group = "proxy@slow"
				if system != results.Ours {
					t.System = system
				}
				all = append(all, t)
			}
		}
	}
	return all
}

// own are the runs of the claim's servers, of which slow-clients has some too.
func own(t results.Table) results.Table {
	var cells []results.Cell
	for _, f := range fronts {
		for _, system := range []string{f.alone, f.behind} {
			for _, k := range []int{0, room} {
				cell := trial.OthersCell()
				cell["system"], cell["class"], cell["workers"], cell["slow_clients"] = system, "sync", room, k
				cells = append(cells, cell)
			}
		}
	}
	return judge.Either(t, cells...)
}
