package syncfits

import (
	_ "embed"

	"github.com/workerlab/workerlab/experiments"
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
	Trials: trials, Judge: judge, Charts: charts,
}

var (
	sync2    = experiments.Server{Class: "sync", Workers: 2}
	gthread4 = experiments.Server{Class: "gthread", Workers: 2, Threads: 4, GIL: true}
	gthread8 = experiments.Server{Class: "gthread", Workers: 2, Threads: 8, GIL: true}
	gevent   = experiments.Server{Class: "gevent", Workers: 2}
	tornado  = experiments.Server{Class: "tornado", Workers: 2}
)

// rivals are the classes that sync is compared with, and of them those that are also under open load.
var (
	rivals = []experiments.Server{gthread4, gevent, tornado}
	opened = []experiments.Server{gthread4, gevent}
)

func trials(p experiments.Profile) []experiments.Trial {
	if p == experiments.Smoke {
		return []experiments.Trial{experiments.Computing(sync2, p)} // runs for another claim anyway
	}
	all := []experiments.Trial{experiments.Computing(sync2, p), experiments.Arriving(sync2, p)}
	for _, s := range rivals {
		all = append(all, experiments.Computing(s, p))
	}
	for _, s := range opened {
		all = append(all, experiments.Arriving(s, p))
	}
	twin := experiments.Arriving(sync2, p)
	twin.Twin = true
	all = append(all, twin)
	for _, s := range []experiments.Server{sync2, gthread8} {
		t := experiments.Waiting(s, p)
		t.Blocks = max(3, t.Blocks) // two cells alone have an error from three blocks on
		all = append(all, t)
	}
	return all
}

// The three loads, each with the servers that are ours in it.
func saturated(s experiments.Server) results.Cell {
	return own(s, results.Cell{"do": experiments.ComputingDo, "place": "share", "arrivals": "closed"})
}

func arriving(s experiments.Server) results.Cell {
	return own(s, results.Cell{"do": experiments.ComputingDo, "place": "share", "arrivals": "poisson"})
}

func waiting(s experiments.Server) results.Cell {
	return own(s, results.Cell{"do": experiments.WaitingDo, "place": "pin", "arrivals": "closed"})
}

func own(s experiments.Server, load results.Cell) results.Cell {
	load["class"], load["workers"], load["threads"] = s.Class, s.Workers, max(1, s.Threads)
	return load
}
