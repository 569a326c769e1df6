package hiddenblock

import (
	"embed"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/experiments/wording"
	"github.com/workerlab/workerlab/models/spec"
)

//go:embed doc.go ko.md ko.json
var files embed.FS

// Experiment is the descriptor.
var Experiment = experiments.Experiment{
	ID:     "hidden-block",
	Axes:   []string{"class", "workers", "threads", "do"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"workers": gevent.Workers, "threads": gthread.Threads, "left": 100 * left, "margin": 100 * margin, "kept": 100 * kept,
		"wait": trial.LongWait, "yields": trial.IdleDo, "hides": trial.HiddenDo, "clients": trial.Idlers,
		"pool": gthread.Shape(),
	}},
}

var (
	gevent  = spec.Server{Class: "gevent", Workers: 2}
	gthread = spec.Server{Class: "gthread", Workers: 2, Threads: 16, GIL: true}
	sync2   = spec.Server{Class: "sync", Workers: 2}
)

func trials(p trial.Profile) []trial.Trial {
	blocked := trial.Idle(gevent, trial.HiddenDo, p)
	if p == trial.Smoke {
		return []trial.Trial{blocked}
	}
	return []trial.Trial{
		blocked,
		trial.Idle(gevent, trial.IdleDo, p),
		trial.Idle(gthread, trial.HiddenDo, p),
		trial.Idle(gthread, trial.IdleDo, p),
		trial.Idle(sync2, trial.IdleDo, p), // to sync, one wait is like the other
	}
}

// seen and hidden are the trials of a server with a wait that yields, and with one that does not.
func seen(s spec.Server) trial.Trial {
	return trial.Idle(s, trial.IdleDo, trial.Any)
}

func hidden(s spec.Server) trial.Trial {
	return trial.Idle(s, trial.HiddenDo, trial.Any)
}
