package cgicost

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
	ID: "cgi-cost", Across: true,
	Axes:   []string{"system", "app", "do"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"least": least, "most": most, "atStart": 100 * atStart,
		"works": works, "long": long, "clients": script.working(long).Load.Clients, "served": served.server.Workers,
	}},
}

// A way is how a request reaches what answers it.
type way struct {
	system string
	server spec.Server
	app    string // as in trial.Trial
	name   string // for a reader
}

// The ways that are judged: the application as a script and in a server, and scripts that are less of it.
var (
	script  = way{"mod_cgid", spec.Server{Class: "cgi", Workers: 1}, "", "CGI"}
	bare    = way{"mod_cgid", spec.Server{Class: "cgi", Workers: 1}, "python", "CGI, a bare interpreter"}
	process = way{"mod_cgid", spec.Server{Class: "cgi", Workers: 1}, "sh", "CGI, a script of the shell"}
	served  = way{"mod_wsgi", spec.Server{Class: "sync", Workers: 2}, "", "mod_wsgi"}
)

// others are secondary: requests that do nothing, no part of the outcome.
var others = []way{
	{"nginx+fcgiwrap", spec.Server{Class: "cgi", Workers: 4}, "", "nginx, CGI by fcgiwrap"},
	{"nginx+uwsgi", spec.Server{Class: "sync", Workers: 2}, "", "nginx, uWSGI"},
	{"uwsgi", spec.Server{Class: "sync", Workers: 2}, "", "uWSGI"},
}

const (
	nothing = 0
	long    = 200 * time.Millisecond
)

// works are how long requests work, in any profile.
var works = []time.Duration{nothing, 5 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond, long}

// working is a request by a way that works so long, as a trial that a profile makes a plan of.
func (w way) working(work time.Duration) trial.Trial {
	return trial.Trial{
		System: w.system, App: w.app, Server: w.server, Place: trial.Pin, Memory: trial.NotRead, Group: "cgi",
		Load: spec.Load{Do: "cpu:" + work.String(), Clients: 1},
	}
}

func trials(p trial.Profile) []trial.Trial {
	blocks := trial.Pick(p, 1, 3, 6, 12)
	quick := trial.Pick(p, 300*time.Millisecond, 400*time.Millisecond, time.Second, 2*time.Second)
	slow := trial.Pick(p, 500*time.Millisecond, time.Second, 2500*time.Millisecond, 5*time.Second)
	var all []trial.Trial
	add := func(t trial.Trial, window, work time.Duration, blocks int) {
		t.Window, t.Blocks = window+4*work, blocks
		all = append(all, t)
	}
	for _, work := range trial.Pick(p, works[:1], []time.Duration{nothing, works[1], works[2], long}, works, works) {
		add(script.working(work), slow, work, blocks)
		add(served.working(work), quick, work, blocks)
	}
	if p == trial.Smoke {
		return all
	}
	add(bare.working(nothing), quick, 0, blocks)
	add(process.working(nothing), quick, 0, blocks)
	add(served.working(nothing).Again(), quick, 0, blocks)
	for _, w := range others {
		window := quick
		if w.server.Class == "cgi" {
			window = slow
		}
		add(w.working(nothing), window, 0, trial.Pick(p, 1, 2, 3, 6))
	}
	return all
}

// judged are the trials on which the outcome rests.
func judged() []trial.Trial {
	all := []trial.Trial{bare.working(nothing), process.working(nothing)}
	for _, work := range works {
		all = append(all, script.working(work), served.working(work))
	}
	return all
}
