package threadsmemory

import (
	_ "embed"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "threads-memory"
	claim = "To hold 8 requests at once, 1 process with 8 threads needs at most 1/3 of the memory of 8 processes, whether the app holds nothing or 32 MiB."
	said  = "gunicorn's documentation (Design, How Many Threads?) recommends threads in place of processes as a way to save memory."
	app   = 32 << 20 // bytes
	do    = "wait:500ms"
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
	Axes:   []string{"class", "workers", "threads", "app_memory_bytes"},
	Spare:  func(t trial.Trial) bool { return t.Server.Class == "gevent" }, // told beside the claim
	Trials: trials, Judge: verdict, Charts: charts,
}

var (
	processes  = spec.Server{Class: "sync", Workers: 8}
	threads    = spec.Server{Class: "gthread", Workers: 1, Threads: 8}
	both       = spec.Server{Class: "gthread", Workers: 2, Threads: 4}
	coroutines = spec.Server{Class: "gevent", Workers: 1}
)

func trials(p trial.Profile) []trial.Trial {
	servers := trial.Pick(p,
		[]spec.Server{processes, threads},
		[]spec.Server{processes, threads, both, coroutines},
		[]spec.Server{processes, threads, both, coroutines},
		[]spec.Server{processes, threads, both, coroutines})
	var all []trial.Trial
	for _, memory := range []int64{0, app} {
		for _, s := range servers {
			s.AppMemory = memory
			all = append(all, hold(s, 8, p))
		}
	}
	for _, n := range trial.Pick(p, nil, []int{64}, []int{1, 32, 64, 128, 500}, []int{1, 32, 64, 128, 250, 500}) {
		all = append(all, hold(spec.Server{Class: "gthread", Workers: 1, Threads: n}, n, p))
	}
	return all
}

// hold keeps n requests waiting in the server while its memory is read.
func hold(s spec.Server, n int, p trial.Profile) trial.Trial {
	return trial.Trial{
		Server: s, Place: trial.Pin, Load: spec.Load{Do: do, Clients: n},
		Window: 600 * time.Millisecond, Memory: trial.WhileHeld,
		Group: "held", Blocks: trial.Pick(p, 1, 2, 3, 5), Untimed: true,
	}
}

func own() results.Cell { return results.Cell{"do": do, "memory": "held", "arrivals": "closed"} }

// eight are the cells that hold eight requests.
func eight(t results.Table) results.Table { return t.Match(own()).Where("clients", 8) }
