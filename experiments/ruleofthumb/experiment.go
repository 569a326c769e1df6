package ruleofthumb

import (
	_ "embed"
	"fmt"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "rule-of-thumb"
	claim = "Whatever the share of waiting, 2C+1 sync workers on C cores serve at least 95 % of what the best other number does, and some number from 2C to 4C likewise; where requests compute, 2C+1 do not lengthen the p95 by over 10 %."
	said  = "gunicorn's documentation (Design, How Many Workers?) suggests 2 × cores + 1 workers to begin with, and generally 2 to 4 per core."
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
	ID: id, Doc: doc, Claim: claim, Said: said, Axes: []string{"workers", "do", "arrivals"},
	Korean: experiments.Korean{Doc: koreanDoc, Messages: koreanMessages},
	Trials: trials, Judge: verdict, Charts: charts,
}

// A mixture is a request of 4 ms CPU and some waiting.
type mixture struct {
	wait    time.Duration
	workers [4][]int // by profile; none: not tried there
}

const work = 4 * time.Millisecond

// share is the part of the request's time that is spent waiting.
func (m mixture) share() float64 { return m.wait.Seconds() / (m.wait + work).Seconds() }

func (m mixture) do() string {
	if m.wait == 0 {
		return "cpu:4ms"
	}
	return fmt.Sprintf("cpu:4ms,wait:%dms", m.wait.Milliseconds())
}

var grid = []int{1, 2, 3, 4, 10, 20}

var mixtures = []mixture{
	{0, [4][]int{nil, {1, 3}, {1, 3, 10}, grid}},
	{4 * time.Millisecond, [4][]int{nil, nil, grid[:5], grid}},
	{16 * time.Millisecond, [4][]int{nil, {3, 4, 10}, {1, 3, 4, 10, 20}, grid}},
	{76 * time.Millisecond, [4][]int{nil, {3, 10, 20}, {1, 3, 4, 10, 20}, grid}},
}

// computed are the numbers of workers that are tried on two cores; other claims run more of them.
var computed = []int{1, 2, 4, 5}

// clients are more than the largest number of workers, and few enough for all to have been answered
// soon after the end.
const clients = 32

func trials(p trial.Profile) []trial.Trial {
	var all []trial.Trial
	for _, m := range mixtures {
		for _, w := range m.workers[p] {
			all = append(all, saturated(m, w, p))
		}
	}
	for _, w := range computed {
		all = append(all, trial.Computing(sync(w), p))
	}
	if p == trial.Smoke {
		return all[:3] // run for other claims anyway
	}
	if p > trial.Quick {
		twin := saturated(mixtures[2], 3, p)
		twin.Twin = true
		all = append(all, twin)
	}
	again := trial.Arriving(sync(2), p)
	again.Twin = true
	all = append(all, trial.Arriving(sync(2), p), again, trial.Arriving(sync(5), p))
	return append(all, tails(p)...)
}

func sync(workers int) spec.Server {
	return spec.Server{Class: "sync", Workers: workers}
}

func saturated(m mixture, workers int, p trial.Profile) trial.Trial {
	t := trial.Trial{
		Server: sync(workers), Place: trial.Pin, Load: spec.Load{Do: m.do(), Clients: clients},
		Window: trial.Pick(p, 400*time.Millisecond, 700*time.Millisecond, 1500*time.Millisecond, 2*time.Second),
		Group:  "rule", Blocks: trial.Pick(p, 1, 3, 5, 12),
	}
	if m.wait == 0 { // where the numbers differ by least
		t.Blocks = trial.Pick(p, 1, 5, 6, 16)
	}
	return t
}

// rate of the open loads on one core: about 0.7 of what it can do.
const rate = 150

// tails are told in the longer profiles: the same mixtures as an open load.
func tails(p trial.Profile) []trial.Trial {
	if p < trial.Standard {
		return nil
	}
	var all []trial.Trial
	for _, w := range []int{1, 3, 10} {
		all = append(all, atRandom(mixtures[0], w, p))
	}
	for _, w := range []int{3, 10, 20} {
		all = append(all, atRandom(mixtures[2], w, p))
	}
	return all
}

func atRandom(m mixture, workers int, p trial.Profile) trial.Trial {
	t := saturated(m, workers, p)
	t.Load = spec.Load{Do: m.do(), Rate: rate, Arriving: spec.Exponential}
	t.Window, t.Blocks = 3*time.Second, 3
	return t
}

// The three loads.
func closed(m mixture) results.Cell {
	return results.Cell{"class": "sync", "do": m.do(), "place": "pin", "arrivals": "closed", "clients": clients}
}

func open(m mixture) results.Cell {
	return results.Cell{"class": "sync", "do": m.do(), "place": "pin", "arrivals": "poisson", "rate": rate}
}

func computing(workers int) results.Cell {
	return results.Cell{"class": "sync", "workers": workers, "do": trial.ComputingDo, "place": "share", "arrivals": "closed"}
}

func arriving(workers int) results.Cell {
	return results.Cell{"class": "sync", "workers": workers, "do": trial.ComputingDo, "place": "share", "arrivals": "poisson"}
}
