package slowclients

import (
	"embed"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/experiments/wording"
	"github.com/workerlab/workerlab/models/spec"
)

//go:embed doc.go ko.md ko.json
var files embed.FS

// Experiment is the descriptor.
var Experiment = experiments.Experiment{
	ID:     "slow-clients",
	Axes:   []string{"class", "workers", "threads", "slow_clients", "slow_read_bytes", "slow_post_bytes"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"dawdling": trial.Dawdling, "half": trial.Dawdling / 2, "room": room, "fewer": room - 1, "crowd": crowd,
		"untouched": untouched, "stalled": judge.Seconds(stalled), "rate": trial.OthersRate, "wait": trial.OthersWait, "busy": trial.OthersBusy,
		"answer": trial.DawdledAnswer / 1_000_000, "body": trial.DawdledBody,
		"forked": servers[0].Shape(), "threads": servers[1].Shape(), "loop": servers[2].Shape(),
	}},
}

const (
	room  = 4 // W·T
	crowd = 8
)

var servers = []spec.Server{
	{Class: "sync", Workers: room},
	{Class: "gthread", Workers: 1, Threads: room},
	{Class: "gevent", Workers: 1},
}

func trials(p trial.Profile) []trial.Trial {
	if p == trial.Smoke { // no median in less time than a slow client takes
		return nil
	}
	var all []trial.Trial
	for _, s := range servers {
		for _, k := range []int{0, room - 1, room, crowd} {
			all = append(all, trial.Dawdled(s, trial.Senders(k), p))
		}
	}
	if p == trial.Quick {
		return all
	}
	for _, s := range servers {
		for _, k := range []int{room - 1, room} {
			all = append(all, trial.Dawdled(s, trial.Readers(k), p), trial.Dawdled(s, trial.Posters(k), p))
		}
	}
	return all
}

// with is the trial of a server next to slow clients.
func with(s spec.Server, slow trial.Slow) trial.Trial { return trial.Dawdled(s, slow, trial.Any) }

// The kinds of slow clients; senders are those of the claim, and none at all.
func senders(t trial.Trial) bool { return t.Slow.Read == 0 && t.Slow.Post == 0 }
func readers(t trial.Trial) bool { return t.Slow.Read > 0 }
func posters(t trial.Trial) bool { return t.Slow.Post > 0 }
