package queueinglaw

import (
	_ "embed"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "queueing-law"
	claim = "With exponential waits and little work beside them, 4 sync workers answer on average within 10 % of Erlang C (M/M/4) at 50, 70 and 85 % load; 4 gthread workers of 1 thread do not, nor do 4 sync workers whose requests compute on 1 core: they answer at least 10 % later."
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
	Trials: trials, Judge: judge, Charts: charts,
}

// The servers, each of four workers that serve one request at a time.
const workers = 4

var (
	forked = experiments.Server{Class: "sync", Workers: workers}
	greedy = experiments.Server{Class: "gthread", Workers: workers, Threads: 1}
)

// A level is a load of sync workers: the rate that keeps them about so busy.
type level struct {
	percent int
	rate    float64
}

var (
	half    = level{50, 97}
	middle  = level{70, experiments.RandomRate}
	busiest = level{85, 166}
	levels  = []level{half, middle, busiest}
)

// Requests that compute, at a rate that keeps one core 70 % busy.
const (
	computingDo   = "cpu:exp(5ms)"
	computingRate = 140
)

func trials(p experiments.Profile) []experiments.Trial {
	alone := random(forked, p, 0)
	alone.Load = experiments.Load{Do: experiments.RandomDo, Clients: 1}
	alone.Window = experiments.Pick(p, 300*time.Millisecond, time.Second, 3*time.Second, 3*time.Second)
	calm := random(forked, p, half.rate)
	calm.Window = experiments.Pick(p, 300*time.Millisecond, 1500*time.Millisecond, 5*time.Second, 5*time.Second)
	all := []experiments.Trial{alone, calm, random(greedy, p, middle.rate)}
	if p == experiments.Smoke {
		return all
	}
	computing := calm
	computing.Load.Do, computing.Load.Rate = computingDo, computingRate
	return append(all, random(forked, p, middle.rate), random(forked, p, busiest.rate), computing)
}

// random is the load that other claims run too, at a rate of its own.
func random(s experiments.Server, p experiments.Profile, rate float64) experiments.Trial {
	t := experiments.Random(s, p)
	t.Load.Rate, t.Traced = rate, true
	return t
}

// The cells.
func lone() results.Cell { return cell(forked, experiments.RandomDo, "closed", 0) }

func loaded(s experiments.Server, l level) results.Cell {
	return cell(s, experiments.RandomDo, "poisson", l.rate)
}

func computing() results.Cell { return cell(forked, computingDo, "poisson", computingRate) }

func cell(s experiments.Server, do, arrivals string, rate float64) results.Cell {
	return results.Cell{
		"class": s.Class, "workers": s.Workers, "threads": max(1, s.Threads), "worker_connections": 0, "reuse_port": false,
		"do": do, "arrivals": arrivals, "rate": rate, "pods": 1, "twin": false,
	}
}

func own(t results.Table) results.Table {
	cells := []results.Cell{lone(), loaded(greedy, middle), computing()}
	for _, l := range levels {
		cells = append(cells, loaded(forked, l))
	}
	return experiments.Either(t, cells...)
}
