package fidelity

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/results"
)

// An Overhead is the CPU time that a class takes for a request whose application does nothing, on one busy
// worker with a connection for each request (seconds).
type Overhead struct {
	Class  string  `json:"class"`
	Place  string  `json:"place"` // which cores server and generator have: pin or share
	Ours   float64 `json:"ours_seconds"`
	Theirs float64 `json:"gunicorn_seconds"`
}

// More is what gunicorn takes more, to the microsecond: what our application is to compute besides. It is
// nothing where gunicorn takes less, which Python never was seen to.
func (o Overhead) More() time.Duration {
	more := time.Duration((o.Theirs - o.Ours) * float64(time.Second))
	return max(0, more.Round(time.Microsecond))
}

// idleClients keep a worker busy.
const idleClients = 16

// overheadTrial measures the overhead of a class on a software. CPU time is the server's own, whoever else
// is at work.
func overheadTrial(system, class string, place experiments.Place) experiments.Trial {
	return experiments.Trial{
		System: system, Server: experiments.Server{Class: class, Workers: 1, GIL: class == "gthread"}, Place: place,
		Load: experiments.Load{Do: Handler{}.Do(0), Clients: idleClients}, Window: time.Second,
		Memory: experiments.NotRead, Untimed: true, Group: "overhead " + place.String(),
	}
}

// overheadTrials are those of all classes and places of the scenarios.
func overheadTrials(scenarios []Scenario) (trials []experiments.Trial) {
	for _, s := range scenarios {
		for _, system := range []string{"", Theirs} {
			t := overheadTrial(system, s.Class, s.Place)
			if !slices.ContainsFunc(trials, func(have experiments.Trial) bool { return have.Key() == t.Key() }) {
				trials = append(trials, t)
			}
		}
	}
	return trials
}

// overheads are what the records say of the scenarios' classes and places.
func overheads(scenarios []Scenario, table results.Table) (all []Overhead, err error) {
	for _, s := range scenarios {
		if slices.ContainsFunc(all, s.takes) {
			continue
		}
		o := Overhead{Class: s.Class, Place: s.Place.String()}
		for system, took := range map[string]*float64{"": &o.Ours, Theirs: &o.Theirs} {
			trial := overheadTrial(system, s.Class, s.Place)
			values := table.Trials(trial.Key()).Valid().Values("cpu_per_request")
			if len(values) == 0 {
				return nil, fmt.Errorf("no valid run of %s: the host was too busy to measure what a request takes", trial)
			}
			*took = geometricMean(values)
		}
		all = append(all, o)
	}
	return all, nil
}

// takes reports whether the overhead is that of the scenario's server.
func (s Scenario) takes(o Overhead) bool { return o.Class == s.Class && o.Place == s.Place.String() }

// overhead is the one of the scenario's server.
func (s Scenario) overhead(all []Overhead) Overhead {
	return all[slices.IndexFunc(all, s.takes)]
}

func geometricMean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += math.Log(v)
	}
	return math.Exp(sum / float64(len(values)))
}
