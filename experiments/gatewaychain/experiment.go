package gatewaychain

import (
	"embed"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/experiments/wording"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

//go:embed doc.go ko.md ko.json
var files embed.FS

// Experiment is the descriptor.
var Experiment = experiments.Experiment{
	ID: "gateway-chain", Across: true,
	Axes:   []string{"system", "class", "do", "clients"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"delay": judge.Seconds(delay), "cpu": judge.Seconds(work), "share": 100 * (share - 1),
		"computes": computes, "works": works, "one": one, "eight": eight, "single": sync1.Shape(), "pool": threads.Shape(),
	}},
}

// A chain is a server with and without nginx in front.
type chain struct {
	name          string // for a reader
	system, nginx string // the software without and with it; "": there is none
	server        spec.Server
	upstream      time.Duration // that nginx keeps a connection to it
}

var (
	sync1   = spec.Server{Class: "sync", Workers: 1}
	threads = spec.Server{Class: "gthread", Workers: 1, Threads: 4, GIL: true}
)

// gunicorn is judged, and others are secondary.
var (
	gunicorn = chain{"gunicorn {single}", "gunicorn", "nginx+gunicorn", sync1, 0}
	others   = []chain{
		{"gunicorn {pool}, kept", "gunicorn", "nginx+gunicorn", threads, time.Second}, // gunicorn would close after 2 s
		{"uWSGI {single}", "uwsgi", "nginx+uwsgi", sync1, 0},
		{"workerlab {single}", results.Ours, "nginx+workerlab", sync1, 0},
		{"mod_wsgi {single}", "mod_wsgi", "", sync1, 0},
	}
)

const (
	one   = 1 // client, whose response time counts
	eight = 8 // keep the core busy

	nothing  = 0
	computes = 5 * time.Millisecond
)

// works are how long requests compute, in any profile.
var works = []time.Duration{nothing, time.Millisecond, computes, 20 * time.Millisecond}

// A request is what is asked, and by how many clients.
type request struct {
	work    time.Duration
	clients int
}

// direct is the server itself under such requests, as a trial that a profile makes a plan of.
func (c chain) direct(r request) trial.Trial { return trialOf(c.system, c.server, r) }

// behind is the server with nginx in front.
func (c chain) behind(r request) trial.Trial {
	t := trialOf(c.nginx, c.server, r)
	t.Upstream = c.upstream
	return t
}

func trialOf(system string, s spec.Server, r request) trial.Trial {
	if system == results.Ours {
		system = ""
	}
	return trial.Trial{
		System: system, Server: s, Place: trial.Pin, Memory: trial.NotRead, Group: "gateway",
		Load: spec.Load{Do: "cpu:" + r.work.String(), Clients: r.clients},
	}
}

// both are the trials of a chain, one where there is no nginx.
func (c chain) both(r request) []trial.Trial {
	if c.nginx == "" {
		return []trial.Trial{c.direct(r)}
	}
	return []trial.Trial{c.direct(r), c.behind(r)}
}

func trials(p trial.Profile) []trial.Trial {
	var all []trial.Trial
	add := func(r request, blocks int, trials ...trial.Trial) {
		for _, t := range trials {
			t.Window = window(r, p)
			t.Blocks = blocks
			all = append(all, t)
		}
	}
	alone := trial.Pick(p, 1, 5, 8, 16) // what is judged
	add(request{nothing, one}, alone, gunicorn.both(request{nothing, one})...)
	if p == trial.Smoke {
		return all
	}
	add(request{nothing, one}, alone, gunicorn.direct(request{nothing, one}).Again())
	add(request{computes, one}, alone, gunicorn.both(request{computes, one})...)
	for _, r := range planned(p) {
		add(r, trial.Pick(p, 1, 3, 6, 12), gunicorn.both(r)...)
	}
	for _, c := range others {
		for _, r := range told(p) {
			add(r, trial.Pick(p, 1, 2, 4, 8), c.both(r)...)
		}
	}
	return all
}

// planned are gunicorn's other requests than those that are judged.
func planned(p trial.Profile) []request {
	all := []request{{nothing, eight}, {computes, eight}}
	if p > trial.Quick {
		all = append(all, request{works[1], one}, request{works[3], one})
	}
	return all
}

// told are the others' requests. With those that compute there is time for in longer profiles.
func told(p trial.Profile) []request {
	all := []request{{nothing, one}, {nothing, eight}}
	if p > trial.Quick {
		all = append(all, request{computes, one}, request{computes, eight})
	}
	return all
}

// window is so long that the median rests on a hundred answers at least.
func window(r request, p trial.Profile) time.Duration {
	short := trial.Pick(p, 300*time.Millisecond, 300*time.Millisecond, time.Second, 2*time.Second)
	return max(short, trial.Pick[time.Duration](p, 0, 130, 200, 300)*r.work)
}
