package spec

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/workerlab/workerlab/server/task"
)

// A Load is what clients do: a closed loop of Clients, an open loop with a Rate, or a Burst.
type Load struct {
	Do        string        // what each request asks for (ParseDemands) …
	Mix       []Endpoint    // … or, where there are several kinds of request, each with its weight
	Clients   int           // closed loop: this many clients, each sends when it has its answer …
	Think     time.Duration // … and has thought so long
	Thinking  Law           // how think times vary around Think
	Rate      float64       // open loop: requests/s
	Arriving  Law           // how the gaps between them vary; Exponential: a Poisson process
	Abreast   int           // open loop: so many arrive at the same instant, at gaps that are longer for it; 0: each by itself
	Burst     int           // open loop: this many requests in all, evenly over Over
	Over      time.Duration // 0: all at once
	Phase     time.Duration // the first request is sent this late at most, drawn; for bursts
	KeepAlive bool          // false: a connection per request
	Post      bool          // requests are POSTs with a small body, which nobody may send twice; false: GETs
	Timeout   time.Duration // after which a client gives up; 0: 10 s; Never: it does not
	RTT       time.Duration // emulated distance: a round trip for each request, and one to open a connection
}

// DefaultPatience is how long a client waits that is not told.
const DefaultPatience = 10 * time.Second

// An Endpoint is a kind of request that some of the requests are of.
type Endpoint struct {
	Name   string
	Weight float64 // any positive numbers; 0 of a single one
	Do     Demands
}

// Endpoints are the kinds of request of the load, with their weights.
func (l Load) Endpoints() ([]Endpoint, error) {
	if len(l.Mix) > 0 {
		return l.Mix, nil
	}
	demands, err := ParseDemands(l.Do)
	return []Endpoint{{Weight: 1, Do: demands}}, err
}

// Patience is the client's timeout; 0 where it never gives up.
func (l Load) Patience() time.Duration { return On(cmp.Or(l.Timeout, DefaultPatience)) }

// Held is how many requests the load holds in the server at once, given one that can hold them.
func (l Load) Held() int { return max(l.Clients, l.Burst) }

// Arrivals names the law of the load's arrivals: closed, burst, poisson, jittered or constant; "none" of no
// load.
func (l Load) Arrivals() string {
	switch {
	case l.Clients > 0:
		return "closed"
	case l.Burst > 0:
		return "burst"
	case l.Rate > 0 && l.Arriving == Exponential:
		return "poisson"
	case l.Rate > 0 && l.Arriving == Jittered:
		return "jittered"
	case l.Rate > 0:
		return "constant"
	}
	return "none"
}

// String is the load in few words.
func (l Load) String() string {
	do := l.Do
	if l.Post {
		do = "POST " + do
	}
	switch {
	case l.Clients > 0:
		return fmt.Sprintf("%s n=%d", do, l.Clients)
	case l.Burst > 0:
		return fmt.Sprintf("%s k=%d", do, l.Burst)
	case l.Abreast > 1:
		return fmt.Sprintf("%s %d at once every %.3g s", do, l.Abreast, float64(l.Abreast)/l.Rate)
	}
	return fmt.Sprintf("%s %g/s", do, l.Rate)
}

// Mixed are the moments of the work and of the waits of a request that is one of several kinds, and how many
// waits there are at most in one.
func Mixed(mix []Endpoint) (work, wait Moments, waits int) {
	total := 0.0
	for _, e := range mix {
		total += e.Weight
	}
	for _, e := range mix {
		c, w := e.Do.Moments()
		work.add(c, e.Weight/total)
		wait.add(w, e.Weight/total)
		waits = max(waits, e.Do.Waits())
	}
	work.Variance -= work.Mean * work.Mean
	wait.Variance -= wait.Mean * wait.Mean
	return work, wait, waits
}

// add adds a share of a time's first two moments, which stand for mean and variance until all are there.
func (m *Moments) add(o Moments, share float64) {
	m.Mean += share * o.Mean
	m.Variance += share * (o.Variance + o.Mean*o.Mean)
}

// Steps returns a function that draws the steps of one request after the other: its endpoint by the weights,
// its lengths by their laws. Where nothing is random all requests share one list, which is not to be written
// to.
func Steps(mix []Endpoint) func(random *rand.Rand) []task.Step {
	if len(mix) == 1 && mix[0].Do.Fixed() {
		steps := mix[0].Do.Steps(nil, nil)
		return func(*rand.Rand) []task.Step { return steps }
	}
	total := 0.0
	for _, e := range mix {
		total += e.Weight
	}
	return func(random *rand.Rand) []task.Step {
		left := random.Float64() * total
		for _, e := range mix[:len(mix)-1] {
			if left -= e.Weight; left < 0 {
				return e.Do.Steps(nil, random)
			}
		}
		return mix[len(mix)-1].Do.Steps(nil, random)
	}
}
