package eventloopblocked

import (
	"embed"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/experiments/wording"
	"github.com/workerlab/workerlab/models/spec"
)

//go:embed doc.go ko.md ko.json
var files embed.FS

// Experiment is the descriptor.
var Experiment = experiments.Experiment{
	ID:     "event-loop-blocked",
	Spare:  func(t trial.Trial) bool { return t.Server.Class == "asgi" }, // which no WSGI server has
	Axes:   []string{"class", "workers", "threads", "hog_do"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"computing": computing, "resting": resting, "period": computing + resting, "waiting": waiting, "delay": delay, "limit": limit,
		"least": 100 * least, "most": 100 * most, "rate": rate, "theory": theory,
		"forked": sync4.Workers, "threads": gthread.Threads, "workers": gevent2.Workers,
		"one": gevent.Shape(), "awaiting": asgi.Shape(), "processes": sync4.Shape(),
	}},
}

const (
	computing = 100 * time.Millisecond // of the client in the background, which …
	resting   = 400 * time.Millisecond // … then rests
	waiting   = 5 * time.Millisecond   // of everybody else
	rate      = 100                    // of everybody else, requests/s
)

var (
	gevent  = spec.Server{Class: "gevent", Workers: 1}
	asgi    = spec.Server{Class: "asgi", Workers: 1}
	tornado = spec.Server{Class: "tornado", Workers: 1}
	gthread = spec.Server{Class: "gthread", Workers: 1, Threads: 8, GIL: true}
	gevent2 = spec.Server{Class: "gevent", Workers: 2}
	sync4   = spec.Server{Class: "sync", Workers: 4}

	secondary = []spec.Server{gthread, tornado, gevent2} // no part of the outcome
)

func trials(p trial.Profile) []trial.Trial {
	quiet, loaded := of(gevent, p), of(gevent, p)
	quiet.Hog = spec.Load{}
	all := []trial.Trial{quiet, loaded, of(sync4, p)}
	if p == trial.Smoke {
		return all
	}
	all = append(all, of(asgi, p), loaded.Again())
	for _, s := range secondary {
		t := of(s, p)
		t.Blocks = trial.Pick(p, 1, 1, 5, 10)
		all = append(all, t)
	}
	return all
}

// of is the steady load of everybody else on a server, with the one in the background.
func of(s spec.Server, p trial.Profile) trial.Trial {
	return trial.Trial{
		Server: s, Place: trial.Pin,
		Load:   spec.Load{Do: "wait:" + waiting.String(), Rate: rate},
		Hog:    spec.Load{Do: "cpu:" + computing.String(), Clients: 1, Think: resting},
		Window: trial.Pick(p, time.Second, 1500*time.Millisecond, 4*time.Second, 5*time.Second),
		Group:  "hog", Blocks: trial.Pick(p, 1, 3, 6, 20),
	}
}
