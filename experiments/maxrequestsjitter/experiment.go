package maxrequestsjitter

import (
	_ "embed"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "max-requests-jitter"
	claim = "Where 4 sync workers that boot in 0.2 s are all replaced after 450 requests, throughput is below a tenth of its median for at least 0.25 s at a stretch; a jitter of 450 shortens that by at least 0.25 s, and no more than 1 request in 1000 is lost either way."
	said  = "gunicorn's documentation (Settings, max_requests_jitter) says that the jitter staggers the workers' restarts, so that they do not all restart at once."
	do    = "cpu:200us,wait:4ms"
	limit = 450 // requests after which a worker is replaced, and the jitter
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
	Axes:   []string{"max_requests_jitter"},
	Trials: trials, Judge: verdict, Charts: charts,
}

// trials have one window in every profile but smoke: it is made to hold the first wave, and no other.
func trials(p trial.Profile) []trial.Trial {
	var all []trial.Trial
	for _, jitter := range trial.Pick(p, []int{0}, []int{0, limit}, []int{0, limit}, []int{0, limit}) {
		all = append(all, trial.Trial{
			Server: spec.Server{
				Class: "sync", Workers: 4, Boot: 200 * time.Millisecond, MaxRequests: limit, Jitter: jitter,
			},
			Place: trial.Pin, Load: spec.Load{Do: do, Clients: 8}, Memory: trial.NotRead,
			Window: trial.Pick(p, 2500*time.Millisecond, 4500*time.Millisecond, 4500*time.Millisecond, 4500*time.Millisecond),
			Event:  trial.Watched, Group: "jitter", Blocks: trial.Pick(p, 1, 3, 6, 20),
		})
	}
	return all
}

func own() results.Cell {
	return results.Cell{"class": "sync", "do": do, "event": "watched", "max_requests": limit}
}
