package fidelity

import (
	"fmt"
	"slices"
	"time"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

// A Cost is the CPU time of a request on one busy worker, what the application computes included and its
// wait left out (seconds). Python's share is not the server's work alone: its loop, which is calibrated on
// an idle core as ours is, slows more than ours where the core's other half is busy.
type Cost struct {
	Class  string  `json:"class"`
	Do     string  `json:"do"`    // what the application computes
	Place  string  `json:"place"` // which cores server and generator have: pin or share
	Ours   float64 `json:"ours_seconds"`
	Theirs float64 `json:"gunicorn_seconds"`
}

// More is what gunicorn takes more, to the microsecond: what our application is to compute besides. It is
// nothing where gunicorn takes less, which Python never was seen to.
func (c Cost) More() time.Duration {
	more := time.Duration((c.Theirs - c.Ours) * float64(time.Second))
	return max(0, more.Round(time.Microsecond))
}

// busyClients keep one worker busy.
const busyClients = 16

// costTrial measures what a request of the scenario costs on a software.
func (s Scenario) costTrial(system string) trial.Trial {
	return trial.Trial{
		System: system, Server: catalog.Python(spec.Server{Class: s.Class, Workers: 1}), Place: s.Place,
		Load: spec.Load{Do: s.computing(), Clients: busyClients}, Window: time.Second,
		Memory: trial.NotRead, Group: "cost " + s.Place.String(),
	}
}

// computing are the scenario's demands without its wait.
func (s Scenario) computing() string { return Handler{CPU: s.Handler.CPU}.Do(0) }

// costTrials are those of all scenarios. Scenarios of one class, handler and place share them.
func costTrials(scenarios []Scenario) (trials []trial.Trial) {
	for _, s := range scenarios {
		for _, system := range []string{"", Theirs} {
			t := s.costTrial(system)
			if !slices.ContainsFunc(trials, func(have trial.Trial) bool { return have.Key() == t.Key() }) {
				trials = append(trials, t)
			}
		}
	}
	return trials
}

// costs are what the records say of the scenarios.
func costs(scenarios []Scenario, table results.Table) (all []Cost, err error) {
	for _, s := range scenarios {
		if slices.ContainsFunc(all, s.costs) {
			continue
		}
		c := Cost{Class: s.Class, Do: s.computing(), Place: s.Place.String()}
		for system, took := range map[string]*float64{"": &c.Ours, Theirs: &c.Theirs} {
			of := s.costTrial(system)
			d, _ := judge.DemandOf(table.Trials(of.Key()))
			if d.Work == 0 {
				return nil, fmt.Errorf("no valid run of %s: the host was too busy to measure what a request costs", of)
			}
			*took = d.Work
		}
		all = append(all, c)
	}
	return all, nil
}

// costs reports whether the cost is that of the scenario's requests.
func (s Scenario) costs(c Cost) bool {
	return c.Class == s.Class && c.Do == s.computing() && c.Place == s.Place.String()
}

// cost is the one of the scenario's requests.
func (s Scenario) cost(all []Cost) Cost { return all[slices.IndexFunc(all, s.costs)] }
