package rig

import (
	"net/http"
	"net/url"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/loadgen"
	"github.com/workerlab/workerlab/loadgen/arrival"
	"github.com/workerlab/workerlab/models/spec"
)

// looseLag is how late requests may be sent to servers that are watched for seconds, many at once: a burst
// on one holds up the others for as long as its connections take to open.
const looseLag = 250 * time.Millisecond

// posted is the body of a POST. No task reads it; a server has to get past it to the next request.
const posted = "a=1"

// attack is what a server is sent, as the generator takes it.
func attack(t trial.Trial, server string, l spec.Load, r trial.Requests, d trial.Draws, purpose string) *loadgen.Attack {
	a := &loadgen.Attack{
		Name:    t.String(),
		Clients: l.Clients, Warmup: t.WarmUpOf(l), Duration: t.Window + t.WarmUp() - t.WarmUpOf(l),
		KeepAlive: l.KeepAlive, Timeout: l.Timeout, RTT: l.RTT, SharedCores: t.Place != trial.Pin, Seed: d.SeedFor(purpose + "paths"),
	}
	for _, do := range r.Do {
		a.Targets = append(a.Targets, target(l, server, do))
	}
	for _, p := range r.Paths {
		a.Targets = append(a.Targets, loadgen.Target{URL: server + p.Path, Weight: p.Weight})
	}
	if t.Together {
		a.MaxLag = looseLag
	}
	if l.Clients > 0 {
		a.Think = trial.Thoughts(l, d, purpose)
		return a
	}
	a.Schedule, a.Connections = arrival.Replay(r.At), trial.Connections(l)
	if l.Burst > 0 {
		a.MaxWorkers = 2 * l.Burst
	}
	return a
}

// target is a request for some demands.
func target(l spec.Load, server, do string) loadgen.Target {
	t := loadgen.Target{URL: server + "/task?do=" + url.QueryEscape(do)}
	if l.Post {
		t.Method, t.Body = http.MethodPost, []byte(posted)
	}
	return t
}
