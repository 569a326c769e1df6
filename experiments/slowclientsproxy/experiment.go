package slowclientsproxy

import (
	_ "embed"

	"github.com/workerlab/workerlab/experiments"
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
	Trials: trials, Judge: judge, Charts: charts,
}

const room = 4 // workers, and clients who hold all of them

// A front is a server by itself and behind nginx.
type front struct{ alone, behind string }

var fronts = []front{{experiments.Ours, "nginx+" + experiments.Ours}, {"gunicorn", "nginx+gunicorn"}}

func trials(p experiments.Profile) []experiments.Trial {
	if p == experiments.Smoke { // no median in less time than a slow client takes
		return nil
	}
	kinds := []experiments.Slow{{}, {Clients: room}}
	if p > experiments.Quick {
		kinds = append(kinds,
			experiments.Slow{Clients: room, Read: experiments.DawdledAnswer},
			experiments.Slow{Clients: room, Post: experiments.DawdledBody})
	}
	var all []experiments.Trial
	for _, f := range fronts {
		for _, system := range []string{f.alone, f.behind} {
			for _, slow := range kinds {
				t := experiments.Dawdled(experiments.Server{Class: "sync", Workers: room}, slow, p)
				t.Group = "proxy@slow"
				if system != experiments.Ours {
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
				cell := experiments.OthersCell()
				cell["system"], cell["class"], cell["workers"], cell["slow_clients"] = system, "sync", room, k
				cells = append(cells, cell)
			}
		}
	}
	return experiments.Either(t, cells...)
}
