package keepaliveproxy

import (
	_ "embed"
	"fmt"
	"slices"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

const (
	id     = "keep-alive-proxy"
	claim  = "Where nginx keeps idle connections to gunicorn for longer than gunicorn does, at least 1 in 1000 of POSTs that come several at once, at gaps near gunicorn's keep-alive, is answered 502; where gunicorn keeps them for longer, none of thousands is, fewer than 1 in 1000 with confidence."
	said   = "gunicorn's documentation (Settings, keepalive) advises a higher value behind a load balancer; those of load balancers, that the servers keep idle connections for longer than they do."
	system = "nginx+gunicorn"
	do     = "wait:4ms"
)

var (
	//go:embed doc.go
	doc string
	//go:embed ko.md
	koreanDoc string
	//go:embed ko.json
	korean string
)

// Experiment is the descriptor.
var Experiment = experiments.Experiment{
	ID: id, Doc: doc, Claim: claim, Said: said, Across: true,
	Korean: experiments.Korean{Doc: koreanDoc, Messages: korean},
	Axes:   []string{"keepalive_seconds", "upstream_seconds", "post", "abreast"},
	Trials: trials, Judge: verdict, Charts: charts,
}

const (
	second = time.Second
	volley = 100 // requests that come at once
)

// A pair is how long gunicorn and nginx keep a connection between them that is idle.
type pair struct{ gunicorn, nginx time.Duration }

var (
	hasty   = []pair{{1 * second, 60 * second}, {2 * second, 60 * second}} // gunicorn closes first
	patient = []pair{{2 * second, 1 * second}, {4 * second, 2 * second}, {75 * second, 60 * second}}
	even    = pair{2 * second, 2 * second}
)

// A way is how requests come to a pair.
type way int

const (
	posts  way = iota // a hundred POSTs at once, again and again
	gets              // the same with GETs
	strays            // as many POSTs, each by itself at a random moment
)

func trials(p trial.Profile) []trial.Trial {
	if p == trial.Smoke { // a gap takes seconds
		return nil
	}
	var all []trial.Trial
	for _, c := range slices.Concat(hasty, []pair{even}, patient) {
		all = append(all, c.trial(posts, p))
	}
	return append(all, hasty[0].trial(gets, p), hasty[0].trial(strays, p))
}

func (c pair) trial(w way, p trial.Profile) trial.Trial {
	return trial.Trial{
		System: system, Place: trial.Pin, Load: c.load(w), Window: 20 * second, Memory: trial.NotRead,
		Server: spec.Server{
			Class: "gthread", Workers: 1, Threads: 16, GIL: true, KeepAlive: c.gunicorn,
		},
		Upstream: c.nginx,
		Group:    "proxy@keepalive", Together: true, Untimed: true, Blocks: trial.Pick(p, 1, 3, 6, 12),
	}
}

// load comes at gaps near gunicorn's keep-alive, but never longer than those of the pairs it is compared with.
func (c pair) load(w way) spec.Load {
	gap := min(c.gunicorn, 2*second)
	l := spec.Load{
		Do: do, KeepAlive: true, Post: w != gets,
		Rate: volley / gap.Seconds(), Abreast: volley, Arriving: spec.Jittered,
	}
	if w == strays {
		l.Abreast, l.Arriving = 0, spec.Exponential
	}
	return l
}

func own() results.Cell { return results.Cell{"system": system, "do": do} }

func (c pair) cell(w way) results.Cell {
	cell := results.Cell{"keepalive_seconds": c.gunicorn.Seconds(), "upstream_seconds": c.nginx.Seconds(), "post": w != gets, "abreast": volley}
	if w == strays {
		cell["abreast"] = 1
	}
	return cell
}

// String names both times, gunicorn's first: "1 s / 60 s".
func (c pair) String() string {
	return fmt.Sprintf("%g s / %g s", c.gunicorn.Seconds(), c.nginx.Seconds())
}
