package maxrequestsleak

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
	ID:     "max-requests-caps-leak",
	Axes:   []string{"do", "max_requests"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"leak": leak >> 10, "workers": workers, "limit": limit, "less": limit / 2, "more": 2 * limit, "bounded": bounded / (1 << 20),
		"slack": slack, "grows": grows, "clients": clients, "wait": wait,
	}},
}

const (
	leaking = "leak:64KiB,wait:9ms"
	tight   = "wait:9ms" // the same without the leak
	leak    = 64 << 10   // bytes a request
	wait    = 9 * time.Millisecond
	workers = 4
	limit   = 50 // requests
	clients = 8
)

func trials(p trial.Profile) []trial.Trial {
	long := trial.Pick(p, time.Second, 2*time.Second, 4*time.Second, 4*time.Second)
	if p == trial.Smoke {
		return []trial.Trial{under(leaking, limit, long, p)}
	}
	all := []trial.Trial{
		under(tight, 0, long/4, p), under(leaking, 0, long, p),
		under(tight, limit, long, p), under(leaking, limit, long, p),
	}
	if p > trial.Quick {
		all = append(all, under(leaking, limit/2, long, p), under(leaking, 2*limit, long, p))
	}
	return all
}

// under is the server with that limit of requests a worker, under that load.
func under(do string, most int, window time.Duration, p trial.Profile) trial.Trial {
	return trial.Trial{
		Server: spec.Server{Class: "sync", Workers: workers, MaxRequests: most},
		Place:  trial.Pin, Load: spec.Load{Do: do, Clients: clients},
		Window: window, Memory: trial.AfterLoad, Event: trial.Watched,
		Group: "memory", Blocks: trial.Pick(p, 1, 3, 4, 8), Untimed: true,
	}
}
