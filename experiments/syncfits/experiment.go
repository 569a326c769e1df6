package syncfits

import (
	_ "embed"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "sync-fits"
	claim = "With as many processes: where requests compute, gthread, gevent and tornado serve at most 10 % more than sync, and gthread and gevent have a p95 at most 20 % lower; where they wait, 2 workers of 8 threads serve less than 3 times what 2 sync workers do."
	said  = "gunicorn's default worker class is sync, which its documentation and most introductions call simple, stable and right for most ordinary applications."
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
	ID: id, Doc: doc, Claim: claim, Said: said, Axes: []string{"class", "workers", "threads", "do", "arrivals"},
	Korean: experiments.Korean{Doc: koreanDoc, Messages: koreanMessages},
	Trials: trials, Judge: verdict, Charts: charts,
}

var (
	sync2    = spec.Server{Class: "sync", Workers: 2}
	gthread4 = spec.Server{Class: "gthread", Workers: 2, Threads: 4, GIL: true}
	gthread8 = spec.Server{Class: "gthread", Workers: 2, Threads: 8, GIL: true}
	gevent   = spec.Server{Class: "gevent", Workers: 2}
	tornado  = spec.Server{Class: "tornado", Workers: 2}
)

// rivals are the classes that sync is compared with, and of them those that are also under open load.
var (
	rivals = []spec.Server{gthread4, gevent, tornado}
	opened = []spec.Server{gthread4, gevent}
)

func trials(p trial.Profile) []trial.Trial {
	if p == trial.Smoke {
		return []trial.Trial{trial.Computing(sync2, p)} // runs for another claim anyway
	}
	all := []trial.Trial{trial.Computing(sync2, p), trial.Arriving(sync2, p)}
	for _, s := range rivals {
		all = append(all, trial.Computing(s, p))
	}
	for _, s := range opened {
		all = append(all, trial.Arriving(s, p))
	}
	twin := trial.Arriving(sync2, p)
	twin.Twin = true
	all = append(all, twin)
	for _, s := range []spec.Server{sync2, gthread8} {
		t := trial.Waiting(s, p)
		t.Blocks = max(3, t.Blocks) // two cells alone have an error from three blocks on
		all = append(all, t)
	}
	return all
}

// The three loads, each with the servers that are ours in it.
func saturated(s spec.Server) results.Cell {
	return own(s, results.Cell{"do": trial.ComputingDo, "place": "share", "arrivals": "closed"})
}

func arriving(s spec.Server) results.Cell {
	return own(s, results.Cell{"do": trial.ComputingDo, "place": "share", "arrivals": "poisson"})
}

func waiting(s spec.Server) results.Cell {
	return own(s, results.Cell{"do": trial.WaitingDo, "place": "pin", "arrivals": "closed"})
}

func own(s spec.Server, load results.Cell) results.Cell {
	load["class"], load["workers"], load["threads"] = s.Class, s.Workers, max(1, s.Threads)
	return load
}
