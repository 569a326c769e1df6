package tornadowsgi

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
	ID:     "tornado-wsgi",
	Axes:   []string{"class"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"workers": workers, "wait": trial.LongWait, "clients": trial.Idlers, "least": least, "margin": 100 * margin,
	}},
}

const workers = 2

func trials(p trial.Profile) []trial.Trial {
	var all []trial.Trial
	for _, class := range trial.Pick(p, classes[:1], classes, classes, classes) {
		all = append(all, trial.Idle(spec.Server{Class: class, Workers: workers}, trial.IdleDo, p))
	}
	return all
}

var classes = []string{"tornado", "sync", "asgi", "gevent"}

// of is the trial of a class.
func of(class string) trial.Trial {
	return trial.Idle(spec.Server{Class: class, Workers: workers}, trial.IdleDo, trial.Any)
}
