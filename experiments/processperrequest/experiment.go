package processperrequest

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
	ID:     "process-per-request",
	Axes:   []string{"class", "do", "app_memory_bytes", "boot_seconds", "preload"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Spare: func(t trial.Trial) bool { return t.Server.AppMemory > 0 || t.Server.Boot > 0 }, // which a hosted application has of its own
	Text: wording.Text{Files: files, Values: wording.Values{
		"least": least, "most": most, "left": 100 * left, "shared": shared, "paid": 100 * paid,
		"works": works, "long": long, "boot": boot, "size": text(size), "wait": wait, "clients": working(each, long).Load.Clients,
	}},
}

const (
	nothing = 0
	long    = 200 * time.Millisecond
	boot    = 20 * time.Millisecond
	wait    = 20 * time.Millisecond
	size    = 64 << 20 // bytes
)

// works are how long requests work, in any profile.
var works = []time.Duration{nothing, 5 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond, long}

// The servers: a worker that is there, a process for each request, and one whose application takes a while to
// start or has a size, as each loads it and as it is loaded beforehand.
var (
	there   = spec.Server{Class: "sync", Workers: 1}
	each    = spec.Server{Class: "process", Workers: 1}
	loaded  = spec.Server{Class: "process", Workers: 1, Preload: true}
	booting = spec.Server{Class: "process", Workers: 1, Boot: boot}
	booted  = spec.Server{Class: "process", Workers: 1, Boot: boot, Preload: true}
	large   = spec.Server{Class: "process", Workers: 1, AppMemory: size}
	mapped  = spec.Server{Class: "process", Workers: 1, AppMemory: size, Preload: true}
)

// working is a server that is asked for some work, as a trial that a profile makes a plan of.
func working(s spec.Server, work time.Duration) trial.Trial {
	return trial.Trial{
		Server: s, Place: trial.Pin, Memory: trial.NotRead, Group: "process",
		Load: spec.Load{Do: "cpu:" + work.String(), Clients: 2},
	}
}

// waiting is one worker whose processes all wait at once.
func waiting() trial.Trial {
	return trial.Trial{
		Server: each, Place: trial.Pin, Memory: trial.NotRead, Group: "process",
		Load: spec.Load{Do: "wait:" + wait.String(), Clients: 16},
	}
}

func trials(p trial.Profile) []trial.Trial {
	blocks := trial.Pick(p, 1, 3, 6, 12)
	window := trial.Pick(p, 300*time.Millisecond, 400*time.Millisecond, time.Second, 2*time.Second)
	var all []trial.Trial
	add := func(t trial.Trial, work time.Duration) {
		t.Window, t.Blocks = window+4*work, blocks
		all = append(all, t)
	}
	for _, work := range trial.Pick(p, works[:1], []time.Duration{nothing, works[1], works[2], long}, works, works) {
		add(working(there, work), work)
		add(working(each, work), work)
	}
	for _, s := range []spec.Server{loaded, booting, booted, large, mapped} {
		add(working(s, nothing), s.Boot)
	}
	if p == trial.Smoke {
		return all
	}
	add(waiting(), 0)
	add(working(each, nothing).Again(), 0)
	return all
}

// judged are the trials on which the outcome rests.
func judged() []trial.Trial {
	all := []trial.Trial{working(each, nothing).Again()}
	for _, work := range works {
		all = append(all, working(there, work), working(each, work))
	}
	for _, s := range []spec.Server{loaded, booting, booted, large, mapped} {
		all = append(all, working(s, nothing))
	}
	return all
}
