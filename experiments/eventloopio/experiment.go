package eventloopio

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
	ID:     "event-loop-io",
	Spare:  func(t trial.Trial) bool { return t.Server.Class == "asgi" }, // which no WSGI server has
	Axes:   []string{"class", "burst"},
	Trials: trials, Conclude: verdict, Figures: charts,
	Text: wording.Text{Files: files, Values: wording.Values{
		"many": many, "wait": wait, "limit": limit, "inTime": 100 * (1 - mostLate), "perParked": perParked >> 10,
		"least": leastOver, "fastest": fastest, "crowd": crowd, "crowdTakes": over(crowd), "mostHeld": fastest * int(wait/time.Second),
		"pool": pool.Threads, "sync": forked.Workers, "few": few, "patience": patience,
	}},
}

const (
	many      = 1000 // requests that the claim speaks of
	crowd     = 10_000
	few       = 100
	wait      = 2 * time.Second
	patience  = 3 * time.Second
	fastest   = 4000 // connections/s that the generator opens with ease
	leastOver = time.Second / 2
)

// The servers; loops are the event-driven classes.
var (
	loops  = []string{"gevent", "asgi"}
	pool   = spec.Server{Class: "gthread", Workers: 1, Threads: 500}
	forked = spec.Server{Class: "sync", Workers: 4}
)

func loop(class string) spec.Server {
	return spec.Server{Class: class, Workers: 1, Connections: 20_000}
}

func trials(p trial.Profile) []trial.Trial {
	var all []trial.Trial
	for _, k := range trial.Pick(p, []int{many}, []int{many, 5000}, []int{few, many, 5000, crowd}, []int{few, many, 5000, crowd}) {
		for _, class := range trial.Pick(p, loops[:1], loops, loops, loops) {
			all = append(all, park(loop(class), k, p))
		}
	}
	if p != trial.Smoke {
		all = append(all, park(pool, pool.Threads, p), park(forked, few, p))
	}
	return all
}

// park sends k requests that wait.
func park(s spec.Server, k int, p trial.Profile) trial.Trial {
	return trial.Trial{
		Server: s, Place: trial.Pin,
		Load:   spec.Load{Do: "wait:" + wait.String(), Burst: k, Over: over(k), Timeout: patience},
		Window: 2500 * time.Millisecond, Memory: trial.WhileHeld,
		Group: "parked", Blocks: trial.Pick(p, 1, 2, 4, 8),
	}
}

// over is how long k requests take to arrive.
func over(k int) time.Duration { return max(leastOver, time.Duration(k)*time.Second/fastest) }

// of are the trials of a class with any number of requests.
func of(class string) func(trial.Trial) bool {
	return func(t trial.Trial) bool { return t.Server.Class == class }
}
