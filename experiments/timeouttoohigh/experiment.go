package timeouttoohigh

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
	ID:     "timeout-too-high",
	Axes:   []string{"timeout_seconds", "hog_burst"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"workers": workers, "hangs": hangs, "clients": clients, "window": window, "short": short, "long": long,
		"least": least, "near": 100 * near, "wait": wait, "hang": hang, "apart": long / workers,
		"shortLoses": 100 * theory(short), "longLoses": 100 * theory(long),
	}},
}

const (
	workers = 4
	hangs   = 2
	clients = 16
	window  = 8 * time.Second
	short   = 2 * time.Second
	long    = 30 * time.Second // gunicorn's default
	wait    = 50 * time.Millisecond
	hang    = 2 * long
)

// others are timeouts that longer profiles hold to the theory too.
var others = []time.Duration{time.Second, 4 * time.Second}

func trials(p trial.Profile) []trial.Trial {
	if p == trial.Smoke { // the shortest timeout worth a comparison takes seconds
		return nil
	}
	all := []trial.Trial{loaded(long, 0, p), loaded(long, 0, p).Again(), loaded(short, hangs, p), loaded(long, hangs, p)}
	if p == trial.Quick {
		return all
	}
	for _, timeout := range others {
		all = append(all, loaded(timeout, hangs, p))
	}
	return all
}

// loaded is a saturated server of which so many requests hang as the window begins.
func loaded(timeout time.Duration, hanging int, p trial.Profile) trial.Trial {
	t := trial.Trial{
		Server: spec.Server{Class: "sync", Workers: workers, Timeout: timeout}, Place: trial.Pin,
		Load: spec.Load{Do: "wait:" + wait.String(), Clients: clients}, Event: trial.Watched, Memory: trial.NotRead,
		Window: window, Group: "timer", Together: true, Untimed: true, Blocks: trial.Pick(p, 1, 2, 6, 12),
	}
	if hanging > 0 { // their clients give up with the window, which frees no worker
		t.Hog = spec.Load{Do: "wait:" + hang.String(), Burst: hanging, Timeout: window}
	}
	return t
}
