package slowclientsproxy

import (
	"embed"

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
	ID: "slow-clients-proxy", Across: true,
	Axes:   []string{"system", "slow_clients", "slow_read_bytes", "slow_post_bytes"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"room": room, "dawdling": trial.Dawdling, "half": trial.Dawdling / 2, "untouched": untouched, "stalled": judge.Seconds(stalled),
		"rate": trial.OthersRate, "wait": trial.OthersWait, "answer": trial.DawdledAnswer / 1_000_000, "body": trial.DawdledBody,
		"timeout": spec.Server{}.Filled().Timeout,
	}},
}

const room = 4 // workers, and clients who hold all of them

// A front is a server by itself and behind nginx.
type front struct{ alone, behind string }

var fronts = []front{{results.Ours, "nginx+" + results.Ours}, {"gunicorn", "nginx+gunicorn"}}

func trials(p trial.Profile) []trial.Trial {
	if p == trial.Smoke { // no median in less time than a slow client takes
		return nil
	}
	kinds := []trial.Slow{{}, trial.Senders(room)}
	if p > trial.Quick {
		kinds = append(kinds, trial.Readers(room), trial.Posters(room))
	}
	var all []trial.Trial
	for _, system := range systems() {
		for _, slow := range kinds {
			all = append(all, on(system, slow, p))
		}
	}
	return all
}

func systems() (all []string) {
	for _, f := range fronts {
		all = append(all, f.alone, f.behind)
	}
	return all
}

// on is the trial of a system next to slow clients.
func on(system string, slow trial.Slow, p trial.Profile) trial.Trial {
	t := trial.Dawdled(spec.Server{Class: "sync", Workers: room}, slow, p)
	t.Group = "proxy@slow"
	if system != results.Ours {
		t.System = system
	}
	return t
}
