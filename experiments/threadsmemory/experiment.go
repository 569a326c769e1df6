package threadsmemory

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
	ID:     "threads-memory",
	Spare:  func(t trial.Trial) bool { return t.Server.Class == "gevent" }, // secondary
	Axes:   []string{"class", "workers", "threads", "app_memory_bytes"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"held": held, "app": app >> 20, "third": 100 * third, "wait": wait,
		"processes": processes.Shape(), "threads": threads.Shape(), "both": both.Shape(),
	}},
}

const (
	held = 8        // requests at once
	app  = 32 << 20 // bytes
	wait = 500 * time.Millisecond
)

var (
	processes  = spec.Server{Class: "sync", Workers: held}
	threads    = spec.Server{Class: "gthread", Workers: 1, Threads: held}
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
			all = append(all, hold(s, held, p))
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
		Server: s, Place: trial.Pin, Load: spec.Load{Do: "wait:" + wait.String(), Clients: n},
		Window: 600 * time.Millisecond, Memory: trial.WhileHeld,
		Group: "held", Blocks: trial.Pick(p, 1, 2, 3, 5), Untimed: true,
	}
}

// of is the trial of a server that holds as many requests as the others, with an app of so much memory.
func of(s spec.Server, memory int64) trial.Trial {
	s.AppMemory = memory
	return hold(s, held, trial.Any)
}

// pool are the trials of one process with any number of threads and no app.
func pool(t trial.Trial) bool {
	return t.Server.Class == "gthread" && t.Server.Workers == 1 && t.Server.AppMemory == 0
}
