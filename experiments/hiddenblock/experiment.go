package hiddenblock

import (
	_ "embed"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "hidden-block"
	claim = "A wait that the event loop cannot see, a C driver's, leaves 2 gevent workers at most a tenth of their throughput, what 2 sync workers serve within 15 %; 2×16 threads keep at least half of theirs."
	said  = "gevent's documentation warns that a library written in C blocks the whole loop unless it cooperates; users of gunicorn ask again and again why gevent gained them nothing."
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
	ID: id, Doc: doc, Claim: claim, Said: said, Axes: []string{"class", "workers", "threads", "do"},
	Korean: experiments.Korean{Doc: koreanDoc, Messages: koreanMessages},
	Trials: trials, Judge: verdict, Charts: charts,
}

var (
	gevent  = spec.Server{Class: "gevent", Workers: 2}
	gthread = spec.Server{Class: "gthread", Workers: 2, Threads: 16, GIL: true}
	sync2   = spec.Server{Class: "sync", Workers: 2}
)

func trials(p trial.Profile) []trial.Trial {
	hidden := trial.Idle(gevent, trial.HiddenDo, p)
	if p == trial.Smoke {
		return []trial.Trial{hidden}
	}
	return []trial.Trial{
		hidden,
		trial.Idle(gevent, trial.IdleDo, p),
		trial.Idle(gthread, trial.HiddenDo, p),
		trial.Idle(gthread, trial.IdleDo, p),
		trial.Idle(sync2, trial.IdleDo, p), // to sync, one wait is like the other
	}
}

// own are the experiment's trials with a server and a wait.
func own(s spec.Server, do string) results.Cell {
	return results.Cell{
		"class": s.Class, "workers": s.Workers, "threads": max(1, s.Threads), "do": do,
		"place": "pin", "arrivals": "closed", "clients": 32, "twin": false,
	}
}
