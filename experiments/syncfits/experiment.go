package syncfits

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
	ID:     "sync-fits",
	Axes:   []string{"class", "workers", "threads", "do", "arrivals"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"workers": sync2.Workers, "threads": gthread8.Threads, "computes": trial.MuchWork, "work": trial.LittleWork, "wait": trial.LongWait,
		"margin": 100 * (margin - 1), "lower": 100 * (1 - lower), "gain": gain, "rate": arriving(sync2).Load.Rate,
		"busy": computing(sync2).Load.Clients, "waiters": waiting(sync2).Load.Clients,
		"sync": sync2.Shape(), "locked": gthread4.Shape(), "loop": gevent.Shape(), "tornado": tornado.Shape(), "pool": gthread8.Shape(),
	}},
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
	all = append(all, trial.Arriving(sync2, p).Again())
	for _, s := range []spec.Server{sync2, gthread8} {
		t := trial.Waiting(s, p)
		t.Blocks = max(3, t.Blocks) // two cells alone have an error from three blocks on
		all = append(all, t)
	}
	return all
}

// The three loads.
func computing(s spec.Server) trial.Trial { return trial.Computing(s, trial.Any) }
func arriving(s spec.Server) trial.Trial  { return trial.Arriving(s, trial.Any) }
func waiting(s spec.Server) trial.Trial   { return trial.Waiting(s, trial.Any) }

// each is a load's trials, one a server.
func each(load func(spec.Server) trial.Trial, servers ...spec.Server) (all []trial.Trial) {
	for _, s := range servers {
		all = append(all, load(s))
	}
	return all
}
