package threadsmemory

import (
	_ "embed"
	"time"

	"github.com/workerlab/workerlab/experiments"
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
	Spare:  func(t experiments.Trial) bool { return t.Server.Class == "gevent" }, // told beside the claim
	Trials: trials, Judge: judge, Charts: charts,
}

var (
	processes  = experiments.Server{Class: "sync", Workers: 8}
	threads    = experiments.Server{Class: "gthread", Workers: 1, Threads: 8}
	both       = experiments.Server{Class: "gthread", Workers: 2, Threads: 4}
	coroutines = experiments.Server{Class: "gevent", Workers: 1}
)

func trials(p experiments.Profile) []experiments.Trial {
	servers := experiments.Pick(p,
		[]experiments.Server{processes, threads},
		[]experiments.Server{processes, threads, both, coroutines},
		[]experiments.Server{processes, threads, both, coroutines},
		[]experiments.Server{processes, threads, both, coroutines})
	var all []experiments.Trial
	for _, memory := range []int64{0, app} {
		for _, s := range servers {
			s.AppMemory = memory
			all = append(all, hold(s, 8, p))
		}
	}
	for _, n := range experiments.Pick(p, nil, []int{64}, []int{1, 32, 64, 128, 500}, []int{1, 32, 64, 128, 250, 500}) {
		all = append(all, hold(experiments.Server{Class: "gthread", Workers: 1, Threads: n}, n, p))
	}
	return all
}

// hold keeps n requests waiting in the server while its memory is read.
func hold(s experiments.Server, n int, p experiments.Profile) experiments.Trial {
	return experiments.Trial{
		Server: s, Place: experiments.Pin, Load: experiments.Load{Do: do, Clients: n},
		Window: 600 * time.Millisecond, Memory: experiments.WhileHeld,
		Group: "held", Blocks: experiments.Pick(p, 1, 2, 3, 5), Untimed: true,
	}
}

func own() results.Cell { return results.Cell{"do": do, "memory": "held", "arrivals": "closed"} }

// eight are the cells that hold eight requests.
func eight(t results.Table) results.Table { return t.Match(own()).Where("clients", 8) }
