package queueinglaw

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
	id    = "queueing-law"
	claim = "With exponential waits and little work beside them, 4 sync workers answer on average within 10 % of Erlang C (M/M/4) at 50, 70 and 85 % load; 4 gthread workers of 1 thread do not, nor do 5 sync workers whose requests compute on 2 cores: they answer at least 10 % later."
	said  = "Capacity is commonly planned with the queueing formula M/M/c, c being the number of workers, whatever their class and whatever the requests do."
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
	Axes:   []string{"class", "rate", "do"},
	Trials: trials, Judge: verdict, Charts: charts,
}

// The servers, whose workers each serve one request at a time.
var (
	forked = spec.Server{Class: "sync", Workers: 4}
	greedy = spec.Server{Class: "gthread", Workers: 4, Threads: 1}
	crowd  = spec.Server{Class: "sync", Workers: 5} // for two cores
	pair   = spec.Server{Class: "sync", Workers: 2} // that tells what a request costs
)

// A level is a load of sync workers: the rate that keeps them about so busy.
type level struct {
	percent int
	rate    float64
}

var (
	half    = level{50, 97}
	middle  = level{70, trial.RandomRate}
	busiest = level{85, 166}
	levels  = []level{half, middle, busiest}
)

func trials(p trial.Profile) []trial.Trial {
	alone := trial.Idle(pair, trial.IdleDo, p)
	alone.Load.Clients = 1
	alone.Window = trial.Pick(p, 300*time.Millisecond, 300*time.Millisecond, 2*time.Second, 2*time.Second)
	calm := random(forked, p, half.rate)
	calm.Window = trial.Pick(p, 300*time.Millisecond, 500*time.Millisecond, 5*time.Second, 5*time.Second)
	alone.Blocks, calm.Blocks = trial.Pick(p, 1, 2, 6, 20), trial.Pick(p, 1, 2, 6, 20) // few requests tell as much as many
	all := []trial.Trial{alone, calm, random(greedy, p, middle.rate)}
	if p == trial.Smoke {
		return all
	}
	full := random(forked, p, busiest.rate)
	full.Window = trial.Pick(p, 0, time.Second, 10*time.Second, 10*time.Second)
	computing := trial.Arriving(crowd, p)
	computing.Traced = true
	return append(all, trial.Idle(pair, trial.IdleDo, p), random(forked, p, middle.rate), full, computing)
}

// random is the load that other claims run too, at a rate of its own.
func random(s spec.Server, p trial.Profile, rate float64) trial.Trial {
	t := trial.Random(s, p)
	t.Load.Rate, t.Traced = rate, true
	return t
}

// The cells.
func idle(clients int) results.Cell {
	return own(pair, results.Cell{"do": trial.IdleDo, "place": "pin", "arrivals": "closed", "clients": clients})
}

func loaded(s spec.Server, l level) results.Cell {
	return own(s, results.Cell{"do": trial.RandomDo, "place": "pin", "arrivals": "poisson", "rate": l.rate})
}

func computing() results.Cell {
	return own(crowd, results.Cell{"do": trial.ComputingDo, "place": "share", "arrivals": "poisson"})
}

func own(s spec.Server, load results.Cell) results.Cell {
	load["class"], load["workers"], load["threads"] = s.Class, s.Workers, max(1, s.Threads)
	load["worker_connections"], load["reuse_port"], load["pods"], load["twin"] = 0, false, 1, false
	return load
}

// mine are the records of all of them.
func mine(t results.Table) results.Table {
	cells := []results.Cell{idle(1), idle(trial.Idlers), loaded(greedy, middle), computing()}
	for _, l := range levels {
		cells = append(cells, loaded(forked, l))
	}
	return judge.Either(t, cells...)
}
