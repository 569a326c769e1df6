package slowclients

import (
	_ "embed"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/results"
)

const (
	id    = "slow-clients"
	claim = "With room for 4 requests, sync and gthread answer others as quickly beside 3 clients that take 5 s to send a head as beside none (median at most 1.5 times), and with 4 or 8 such clients in more than 1 s; gevent does not notice 8."
	said  = "gunicorn's documentation (Deploying Gunicorn) urges a proxy such as nginx in front, one that buffers slow clients: without it the default workers are easily kept from serving anybody."
	do    = "wait:10ms"
	rate  = 20
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
	ID: id, Doc: doc, Claim: claim, Said: said,
	Korean: experiments.Korean{Doc: koreanDoc, Messages: korean},
	Axes:   []string{"class", "workers", "threads", "slow_clients", "slow_read_bytes", "slow_post_bytes"},
	Trials: trials, Judge: judge, Charts: charts,
}

const (
	over   = 5 * time.Second // a slow client's head, answer or body
	answer = 12_000_000      // bytes of such an answer, more than the kernel buffers
	body   = 100             // bytes of such a body: one every 50 ms
	room   = 4               // W·T
	crowd  = 8
)

var servers = []experiments.Server{
	{Class: "sync", Workers: room},
	{Class: "gthread", Workers: 1, Threads: room},
	{Class: "gevent", Workers: 1},
}

func trials(p experiments.Profile) []experiments.Trial {
	if p == experiments.Smoke { // no median in less time than a slow client takes
		return nil
	}
	var all []experiments.Trial
	for _, s := range servers {
		for _, k := range []int{0, room - 1, room, crowd} {
			all = append(all, beside(s, experiments.Slow{Clients: k}, p))
		}
	}
	if p == experiments.Quick {
		return all
	}
	for _, s := range servers {
		for _, k := range []int{room - 1, room} {
			all = append(all,
				beside(s, experiments.Slow{Clients: k, Read: answer}, p),
				beside(s, experiments.Slow{Clients: k, Post: body}, p))
		}
	}
	return all
}

// beside is everybody else next to clients of one kind that take their time, if there are any.
func beside(s experiments.Server, slow experiments.Slow, p experiments.Profile) experiments.Trial {
	t := experiments.Trial{
		Server: s, Place: experiments.Pin, Load: experiments.Load{Do: do, Rate: rate}, Memory: experiments.NotRead,
		Window: over, Group: "timer", Together: true, Untimed: true, Blocks: experiments.Pick(p, 1, 2, 6, 12),
	}
	if slow.Clients > 0 {
		slow.Over = over
		t.Slow = slow
	}
	return t
}

func own() results.Cell { return results.Cell{"do": do, "arrivals": "constant", "rate": rate} }
