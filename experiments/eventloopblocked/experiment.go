package eventloopblocked

import (
	_ "embed"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "event-loop-blocked"
	claim = "With one event-loop worker, a hog that computes 100 ms in every 500 delays at least 10 % of all other requests by more than 10 ms; with 4 sync workers fewer than 2 %."
	said  = "Python's documentation (Developing with asyncio) warns that a computation of a second delays every other task of the loop by a second."
	do    = "wait:5ms"
	hog   = "cpu:100ms"
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
	Axes:   []string{"class", "workers", "threads", "hog_do"},
	Spare:  func(t trial.Trial) bool { return t.Server.Class == "asgi" }, // which no WSGI server has
	Trials: trials, Judge: verdict, Charts: charts,
}

var (
	gevent  = spec.Server{Class: "gevent", Workers: 1}
	asgi    = spec.Server{Class: "asgi", Workers: 1}
	tornado = spec.Server{Class: "tornado", Workers: 1}
	gthread = spec.Server{Class: "gthread", Workers: 1, Threads: 8, GIL: true}
	gevent2 = spec.Server{Class: "gevent", Workers: 2}
	sync4   = spec.Server{Class: "sync", Workers: 4}
)

func trials(p trial.Profile) []trial.Trial {
	quiet := beside(gevent, p)
	quiet.Hog = spec.Load{}
	all := []trial.Trial{quiet, beside(gevent, p), beside(sync4, p)}
	if p == trial.Smoke {
		return all
	}
	all = append(all, beside(asgi, p))
	twin := beside(gevent, p)
	twin.Twin = true
	all = append(all, twin)
	for _, s := range []spec.Server{tornado, gthread, gevent2} {
		t := beside(s, p)
		t.Blocks = trial.Pick(p, 1, 1, 5, 10) // told beside the claim
		all = append(all, t)
	}
	return all
}

// beside is the steady load of everybody else next to the hog.
func beside(s spec.Server, p trial.Profile) trial.Trial {
	return trial.Trial{
		Server: s, Place: trial.Pin,
		Load:   spec.Load{Do: do, Rate: 100},
		Hog:    spec.Load{Do: hog, Clients: 1, Think: 400 * time.Millisecond},
		Window: trial.Pick(p, time.Second, 1500*time.Millisecond, 4*time.Second, 5*time.Second),
		Group:  "hog", Blocks: trial.Pick(p, 1, 3, 6, 20),
	}
}

func own() results.Cell { return results.Cell{"do": do, "arrivals": "constant", "rate": 100} }
