package keepalive

import (
	_ "embed"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "keep-alive"
	claim = "Keep-alive lowers the CPU time of an empty request by at least 15 % under gthread and gevent; clients reconnect for P(think time > keep-alive) of their requests, within 3 points; where they think 1 s on average, 10 s of keep-alive saves less than 2 points of connections over 5 s."
	said  = "gunicorn's documentation (Settings, keepalive) has 2 s by default, calls 1 to 5 s usual where clients connect directly, and advises more behind a load balancer."
	hello = "cpu:0s" // a request that does nothing
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
	ID: id, Doc: doc, Claim: claim, Said: said, Axes: []string{"class", "keepalive_seconds", "think_seconds", "think_law", "rtt_seconds"},
	Korean: experiments.Korean{Doc: koreanDoc, Messages: koreanMessages},
	Trials: trials, Judge: verdict, Charts: charts,
}

const (
	on      = 2 * time.Second // gunicorn's default
	clients = 8               // of a busy server
)

var (
	gthread = spec.Server{Class: "gthread", Workers: 1, Threads: 8, GIL: true}
	gevent  = spec.Server{Class: "gevent", Workers: 1}
	sync1   = spec.Server{Class: "sync", Workers: 1}
)

// visitors are clients that come again and again, to a server with a keep-alive.
type visitors struct {
	think time.Duration
	law   spec.Law
	keep  time.Duration
	n     int
}

const (
	second = time.Second
	half   = second / 2
)

// Think times that vary by 10 % cannot cross the keep-alive, so that these reconnect always or never.
var regulars = []visitors{
	{half, spec.Jittered, 1 * second, 60},
	{3 * half, spec.Jittered, 1 * second, 60},
	{3 * half, spec.Jittered, 2 * second, 60},
	{3 * second, spec.Jittered, 2 * second, 100}, // who come but twice in a window,
}

// Those of exponential think time.
var (
	twoSeconds  = visitors{second, spec.Exponential, 2 * second, 200}
	fiveSeconds = visitors{second, spec.Exponential, 5 * second, 400}  // so many that two runs of
	tenSeconds  = visitors{second, spec.Exponential, 10 * second, 400} // each tell two points apart
)

// punctual clients come at the very moment at which the server closes.
var punctual = visitors{second, spec.Even, second, 20}

func trials(p trial.Profile) []trial.Trial {
	if p == trial.Smoke {
		return []trial.Trial{busy(gthread, on, p)}
	}
	twin := busy(gthread, on, p)
	twin.Twin = true
	all := []trial.Trial{
		busy(gthread, spec.Never, p), busy(gthread, on, p), twin,
		busy(gevent, spec.Never, p), busy(gevent, on, p),
		busy(sync1, 0, p),
	}
	for _, v := range append(append([]visitors(nil), regulars...), twoSeconds, fiveSeconds, tenSeconds, punctual) {
		all = append(all, visited(v, p))
	}
	if p == trial.Quick {
		return all
	}
	for _, r := range routes {
		all = append(all, r.trials(p)...)
	}
	return all
}

// busy is a server with clients that never think.
func busy(s spec.Server, keep time.Duration, p trial.Profile) trial.Trial {
	s.KeepAlive = keep
	return trial.Trial{
		Server: s, Place: trial.Pin, Load: spec.Load{Do: hello, Clients: clients, KeepAlive: true},
		Window: trial.Pick(p, half, 800*time.Millisecond, 2*second, 3*second),
		Group:  "keepalive", Blocks: trial.Pick(p, 1, 3, 6, 20),
	}
}

// visited is a server that mostly waits for its clients to come again.
func visited(v visitors, p trial.Profile) trial.Trial {
	s := gevent
	s.KeepAlive = v.keep
	return trial.Trial{
		Server: s, Place: trial.Pin,
		Load:   spec.Load{Do: hello, Clients: v.n, Think: v.think, Thinking: v.law, KeepAlive: true},
		Window: 8 * second, Memory: trial.NotRead,
		Group: "timer", Blocks: trial.Pick(p, 1, 2, 3, 6), Untimed: true, Together: true,
	}
}

func own() results.Cell {
	return results.Cell{"do": hello, "place": "pin", "arrivals": "closed", "keepalive": true}
}

func saturated(s spec.Server, keep time.Duration) results.Cell {
	seconds := keep.Seconds()
	if keep == spec.Never {
		seconds = -1
	}
	return results.Cell{"class": s.Class, "keepalive_seconds": seconds, "think_seconds": 0}
}

func (v visitors) cell() results.Cell {
	return results.Cell{
		"class": gevent.Class, "clients": v.n, "keepalive_seconds": v.keep.Seconds(),
		"think_seconds": v.think.Seconds(), "think_law": v.law.String(),
	}
}
