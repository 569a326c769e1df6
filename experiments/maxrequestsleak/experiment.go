package maxrequestsleak

import (
	_ "embed"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id      = "max-requests-caps-leak"
	claim   = "Where each request leaks 64 KiB, replacing each of 4 workers after 50 requests keeps what is leaked within 1.5 times 4·50·64 KiB; without a limit it grows to at least twice that."
	said    = "gunicorn's documentation (Settings, max_requests) recommends replacing workers after a number of requests as a simple way to limit the damage of memory leaks."
	leaking = "leak:64KiB,wait:9ms"
	tight   = "wait:9ms" // the same without the leak
	leak    = 64 << 10   // bytes a request
	workers = 4
	limit   = 50 // requests
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
	Axes:   []string{"do", "max_requests"},
	Trials: trials, Judge: verdict, Charts: charts,
}

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
		Place:  trial.Pin, Load: spec.Load{Do: do, Clients: 8},
		Window: window, Memory: trial.AfterLoad, Event: trial.Watched,
		Group: "memory", Blocks: trial.Pick(p, 1, 3, 4, 8), Untimed: true,
	}
}

// own are the cells with the leak and those without.
func own(t results.Table) results.Table { return judge.Either(t, with(leaking), with(tight)) }

func with(do string) results.Cell {
	return results.Cell{"class": "sync", "workers": workers, "do": do, "event": "watched", "memory": "after"}
}
