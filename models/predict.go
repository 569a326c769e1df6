package models

import (
	"fmt"
	"math"
	"time"

	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/models/spec"
)

// A Prediction is what closed forms say of a server under a load.
type Prediction struct {
	Throughput float64 // requests/s at saturation …
	Limit      string  // … and what sets it: "cores", "workers", "lock" or "clients"

	Answer
}

// An Answer is a mean response time, what queue it is of, and how good it is.
type Answer struct {
	// Response is the mean response time in seconds: +Inf where an open load is not less than the throughput, so
	// that the queue never settles, and not a number where no form has it.
	Response float64
	Served   float64 // requests/s that the load gets: an open load's rate, or what its clients come to
	Form     string  // the queue, and whose form it is: "M/D/4 (Crommelin)"
	Off      float64 // by how much it is off at most, as a share, measured (queueing.Off); 0: it is exact
	Declined string  // why no form has it; "": one has
}

// Worst is the error from which on a form is no answer, as a share of the mean response.
const Worst = 0.10

// declined is the answer of no form.
func declined(format string, args ...any) Answer {
	return Answer{Response: math.NaN(), Served: math.NaN(), Declined: fmt.Sprintf(format, args...)}
}

// Predict is what closed forms say of a server of the class on a machine, with what it does itself, under a load. The
// throughput at saturation is exact where a request holds its server through work and waits, and a bound for the
// event-driven classes. A response time is exact, or an approximation whose error was measured and is not above Worst,
// or declined, and says why. Demands that cannot be read are declined, and without a throughput.
func (m Model) Predict(s spec.Server, on spec.Machine, o spec.Overhead, l spec.Load) Prediction {
	mix, err := l.Endpoints()
	if err != nil {
		return Prediction{Answer: declined("%v", err)}
	}
	q := m.station(s.Filled(), on, o, l, mix)
	p := q.saturated()
	switch {
	case l.Clients > 0:
		p.Answer = q.closed()
	case l.Rate == 0:
		p.Answer = declined("there is no load")
	case l.Rate >= p.Throughput*(1-1e-9): // a closed form is as exact as the logarithms in it
		p.Answer = Answer{Response: math.Inf(1), Served: p.Throughput}
	default:
		p.Answer = q.open()
		p.Served = l.Rate
	}
	if p.Off > Worst {
		p.Answer = declined("%s is off by up to %.0f %% here", p.Form, 100*p.Off)
	} else if why := q.beyond(p.Answer); why != "" {
		p.Answer = declined("%s", why)
	}
	return p
}

// AtMost is the most requests a second that clients who come back can send: as many as can be served, or as many as
// they send to a server that answers at once.
func (m Model) AtMost(s spec.Server, on spec.Machine, o spec.Overhead, l spec.Load) float64 {
	mix, err := l.Endpoints()
	if err != nil {
		return 0
	}
	q := m.station(s.Filled(), on, o, l, mix)
	return min(q.saturated().Throughput, float64(l.Clients)/(q.whole.Mean+l.Think.Seconds()))
}

// A station is a server as a queue: pools of slots, each pool with a queue of its own, among which requests are dealt
// at random, before shared cores.
type station struct {
	Discipline
	asked
	server   spec.Server
	on       spec.Machine
	overhead spec.Overhead
	load     spec.Load
	cores    int
	pools    int
	slots    int  // of each pool
	keeps    bool // connections serve more than one request
}

func (m Model) station(s spec.Server, on spec.Machine, o spec.Overhead, l spec.Load, mix []spec.Endpoint) station {
	q := station{Discipline: m.Discipline(s), server: s, on: on, overhead: o, load: l, cores: max(1, on.Cores), pools: s.Workers}
	besides := o.Request + o.Outside
	if q.keeps = q.Keeps && l.KeepAlive && s.KeepAlive != spec.Never; !q.keeps {
		besides += o.Connection
	}
	q.asked = askedOf(mix, besides, o.Request > 0)
	if q.blocks && q.Lock == Loop {
		q.Blocks = true // the loop of an app that does not await
	}
	switch {
	case q.Holds == 0: // whoever is idle takes the next request
		q.pools, q.slots = 1, s.Workers*q.Slots
	case q.Blocks:
		q.slots = 1
	case q.Slots == 0:
		q.slots = q.Holds
	default:
		q.slots = q.Slots
	}
	return q
}

// net is the closed network of those that a pool has admitted, on so many cores.
func (q station) net(cores int) queueing.Closed {
	return queueing.Closed{CPU: q.work.Duration(), Wait: q.wait.Duration(), Cores: cores}
}

// saturated is the throughput of as many requests as can be under way.
func (q station) saturated() Prediction {
	jobs, limit := q.pools*q.slots, "workers"
	if q.load.Clients > 0 && q.load.Clients < jobs {
		jobs, limit = q.load.Clients, "clients"
	}
	cores := q.cores
	if q.Lock != Free {
		cores = min(cores, q.pools)
	}
	net := q.net(cores)
	if float64(jobs) >= net.Knee() {
		if limit = "cores"; q.Lock == Switching && cores < q.cores {
			limit = "lock"
		}
	}
	return Prediction{Throughput: net.Throughput(jobs), Limit: limit}
}

// shared reports whether requests that compute may be more than cores.
func (q station) shared() bool { return q.work.Mean > 0 && q.pools*q.slots > q.cores }

// strange is why no form knows the server or its clients, whatever they ask for; "" where one may.
func (q station) strange() string {
	switch {
	case q.server.MaxRequests > 0:
		return "workers are replaced (max_requests)"
	case q.overhead.Client > 0:
		return "the clients compute on the server's cores"
	case q.overhead.Wake > 0 && q.Holds > 0:
		return "every connection wakes all workers, which takes work"
	case q.overhead.Connection > 0 && q.keeps:
		return "connections take work, and how many are new no form knows"
	case q.load.Burst > 0 || q.load.Abreast > 1:
		return "requests come in bursts"
	}
	return ""
}

// beyond is which limit an answer would run into that the forms know nothing of; "" where none.
func (q station) beyond(a Answer) string {
	if math.IsNaN(a.Response) || math.IsInf(a.Response, 0) {
		return ""
	}
	far := 10.0 // times the mean: beyond that hardly anyone is
	if q.load.Clients > 0 {
		far = 2 // who comes back cannot be many
	}
	held, waiting := a.Served*a.Response, a.Served*max(0, a.Response-q.whole.Mean)
	patience, timeout := q.load.Patience(), spec.On(q.server.Timeout)
	switch {
	case patience > 0 && far*a.Response > patience.Seconds():
		return fmt.Sprintf("clients give up after %v, and a response would take %v in the mean", patience, rounded(a.Response))
	case timeout > 0 && (q.Slots == 1 || q.Lock == Loop) && far*q.whole.Mean > timeout.Seconds():
		return fmt.Sprintf("workers are killed after %v, and a request takes %v in the mean", timeout, rounded(q.whole.Mean))
	case q.Holds == 0 && far*waiting > float64(q.server.Backlog):
		return fmt.Sprintf("the backlog holds %d connections, and %.3g would wait in the mean", q.server.Backlog, waiting)
	case q.Holds > 0 && q.slots != q.Holds && far*held/float64(q.pools) > float64(q.Holds):
		return fmt.Sprintf("a worker holds %d connections, and %.3g would be there in the mean", q.Holds, held/float64(q.pools))
	}
	return ""
}

func rounded(seconds float64) time.Duration {
	return time.Duration(seconds * float64(time.Second)).Round(time.Millisecond)
}
