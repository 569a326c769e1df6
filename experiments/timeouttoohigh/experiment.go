package timeouttoohigh

import (
	_ "embed"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "timeout-too-high"
	claim = "When 2 requests hang, 4 sync workers with a timeout of 2 s serve at least 1.5 times as much over the next 8 s as with one of 30 s; the share lost is hangs × timeout (8 s at most) / (workers × 8 s), to within 10 % of the throughput."
	said  = "gunicorn's documentation (Settings, timeout): 30 seconds should do; much more only for those who know what it means for sync workers."
	do    = "wait:50ms"
	hang  = "wait:1m0s" // twice the longest timeout
)

var (
	//go:embed doc.go
	doc string
	//go:embed ko.md
	koreanDoc string
	//go:embed ko.json
	korean string
)

// Experiment is the descriptor.
var Experiment = experiments.Experiment{
	ID: id, Doc: doc, Claim: claim, Said: said,
	Korean: experiments.Korean{Doc: koreanDoc, Messages: korean},
	Axes:   []string{"timeout_seconds", "hog_burst"},
	Trials: trials, Judge: verdict, Charts: charts,
}

const (
	workers = 4
	hangs   = 2
	clients = 16
	window  = 8 * time.Second
	short   = 2 * time.Second
	long    = 30 * time.Second // gunicorn's default
)

// others are timeouts that longer profiles hold to the theory too.
var others = []time.Duration{time.Second, 4 * time.Second}

func trials(p trial.Profile) []trial.Trial {
	if p == trial.Smoke { // the shortest timeout worth a comparison takes seconds
		return nil
	}
	twin := loaded(long, 0, p)
	twin.Twin = true
	all := []trial.Trial{loaded(long, 0, p), twin, loaded(short, hangs, p), loaded(long, hangs, p)}
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
		Load: spec.Load{Do: do, Clients: clients}, Event: trial.Watched, Memory: trial.NotRead,
		Window: window, Group: "timer", Together: true, Untimed: true, Blocks: trial.Pick(p, 1, 2, 6, 12),
	}
	if hanging > 0 { // their clients give up with the window, which frees no worker
		t.Hog = spec.Load{Do: hang, Burst: hanging, Timeout: window}
	}
	return t
}

func own() results.Cell {
	return results.Cell{"do": do, "arrivals": "closed", "clients": clients, "class": "sync", "workers": workers, "event": "watched"}
}
