package models

import (
	"fmt"

	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/models/spec"
)

// seldom is how often somebody may be delayed who counts as never delayed.
const seldom = 1e-6

// open is the mean response to requests that arrive at a rate that the server can bear.
func (q station) open() Answer {
	if why := q.strange(); why != "" {
		return declined("%s", why)
	}
	switch q.load.Arriving {
	case spec.Exponential:
	case spec.Even:
		return q.paced()
	case spec.Jittered, spec.Lognormal:
		return declined("arrivals are %v, and forms know random and even ones", q.load.Arriving)
	}
	if q.shared() && !q.Blocks && q.Lock == Free {
		return q.sharing()
	}
	switch {
	case q.whole.Mean == 0:
		return Answer{Form: "nothing is asked for"}
	case q.work.Mean == 0 && !q.Blocks && q.delayed() < seldom:
		return Answer{Response: q.wait.Mean, Form: "M/G/∞"}
	case q.pools > 1 && q.on.Bias != spec.Fair:
		return declined("%d workers race for connections, and one gets more than another (bias)", q.pools)
	case q.pools > 1 && q.keeps:
		return declined("kept connections stay with their workers, which are not dealt to at random")
	case q.pools > 1 && q.Lock == Loop:
		return declined("of %d loops an idle one accepts before a busy one", q.pools)
	case q.work.Mean > 0 && q.pools > q.cores:
		return declined("%d workers with queues of their own share %d cores", q.pools, q.cores)
	case q.work.Mean == 0 || q.Blocks || q.Lock == Free || q.slots == 1:
		return q.alone()
	}
	return q.inTurn()
}

// rate is that of one pool.
func (q station) rate() float64 { return q.load.Rate / float64(q.pools) }

// delayed is the share of requests that find all slots taken, where nobody shares a core.
func (q station) delayed() float64 {
	return queueing.Open{Rate: q.rate(), Service: q.whole.Duration(), Servers: q.slots}.Delayed()
}

// alone is M/G/c: each slot serves a request through its work and its waits.
func (q station) alone() Answer {
	cv := q.whole.CV()
	g := queueing.General{Rate: q.rate(), Service: q.whole.Duration(), CV: cv, Servers: q.slots}
	if cv > 1 && q.slots > 1 && !q.memoryless {
		g.Soonest = queueing.SoonestOf(q.sample(), q.slots)
	}
	if q.memoryless {
		g.CV = 1 // rounding aside
	}
	a := Answer{Response: g.Response()}
	switch {
	case q.memoryless:
		a.Form = fmt.Sprintf("M/M/%d (Erlang C)", q.slots)
	case q.slots == 1:
		a.Form = "M/G/1 (Pollaczek and Khinchin)"
	case cv == 0:
		a.Form = fmt.Sprintf("M/D/%d (Crommelin)", q.slots)
	case q.delayed() < seldom:
		a.Form = "M/G/∞"
	default:
		whose := "Kimura"
		if cv > 1 {
			whose = "Tijms"
		}
		a.Form = fmt.Sprintf("M/G/%d (%s's approximation)", q.slots, whose)
		return a.offAt(queueing.Setting{Form: queueing.FormAlone, Servers: q.slots, Utilization: g.Utilization(), CV: cv})
	}
	return a
}

// offAt is the answer with the error that was measured, or declined where none was.
func (a Answer) offAt(s queueing.Setting) Answer {
	off, known := queueing.Off(s)
	if !known {
		return declined("%s was not measured at %.3g %% of the capacity with a CV of %.3g", a.Form, 100*s.Utilization, s.CV)
	}
	a.Off = off
	return a
}

// sharing is the answer where requests share the cores equally while they compute, and none orders them.
func (q station) sharing() Answer {
	slots := q.pools * q.slots
	pool := queueing.Pool{Rate: q.load.Rate, Size: slots, Net: q.net(q.cores)}
	single := q.memoryless && q.wait.Mean == 0
	if q.on.Scheduler != spec.Ideal && !(single && q.cores == 1) {
		return declined("the kernel gives cores in slices and finds idle ones late, which no form knows (scheduler: ideal)")
	}
	settled := pool.Settles()
	each := pool // a worker that all requests are dealt to, however unlikely
	each.Size = q.slots
	switch {
	case q.pools == 1 && settled.Delayed < seldom || q.pools > 1 && each.Settles().Delayed < seldom:
		return Answer{Response: settled.Response, Form: fmt.Sprintf("M/G/%d, shared (Baskett, Chandy, Muntz and Palacios)", q.cores)}
	case q.pools > 1:
		return declined("%d workers with queues of their own share %d cores", q.pools, q.cores)
	case single:
		return Answer{Response: settled.Response, Form: fmt.Sprintf("M/M/%d (Erlang C)", q.cores)}
	}
	cv := q.whole.CV()
	soonest := 0.0
	if cv > 1 {
		soonest = queueing.SoonestOf(q.sample(), slots)
	}
	a := Answer{Response: pool.Varied(cv, soonest).Response, Form: fmt.Sprintf("a pool of %d that share %d cores (Chandy, Herzog and Woo)", slots, q.cores)}
	return a.offAt(queueing.Setting{
		Form: queueing.FormPool, Servers: slots, Share: q.wanted(slots, q.cores), Utilization: q.load.Rate / pool.Capacity(), CV: cv,
	})
}

// wanted is how many times the cores are wanted where all slots are taken.
func (q station) wanted(slots, cores int) float64 {
	return float64(slots) * q.work.Mean / (float64(cores) * q.whole.Mean)
}

// inTurn is the answer where one stretch of work comes after the other: a loop's, or under an interpreter lock.
func (q station) inTurn() Answer {
	loop := queueing.Loop{Rate: q.rate(), Work: q.work.Duration(), CV: q.work.CV(), Wait: q.wait.Duration(), Back: q.waiting}
	switch {
	case q.Lock == Switching:
		return q.locked()
	case q.waits == 0:
		return Answer{Response: loop.Response(), Form: "M/G/1 (Pollaczek and Khinchin)"}
	case q.again || q.waits > 1:
		return declined("requests come back to the loop with more work")
	}
	a := Answer{Response: loop.Response(), Form: "M/G/1 whose requests come back"}
	return a.offAt(queueing.Setting{
		Form: queueing.FormLoop, Servers: 1, Share: q.wait.Mean / q.whole.Mean, Utilization: q.rate() * q.work.Mean, CV: q.work.CV(),
	})
}

// locked is the answer of threads under an interpreter lock.
func (q station) locked() Answer {
	pool := queueing.Pool{Rate: q.rate(), Size: q.slots, Net: q.net(1)}
	settled := pool.Settles()
	switch {
	case q.overhead.Request > 0:
		return declined("threads take the lock several times for a request's own overhead")
	case q.exponential && (q.waits == 0 || settled.Delayed < seldom):
		return Answer{Response: settled.Response, Form: "M/M/1 (Erlang C)"}
	case !q.exponential && !q.uninterrupted():
		return declined("threads may interrupt each other after %v (switch_interval)", q.server.Switch)
	case q.waits == 0:
		g := queueing.General{Rate: q.rate(), Service: q.work.Duration(), CV: q.work.CV(), Servers: 1}
		return Answer{Response: g.Response(), Form: "M/G/1 (Pollaczek and Khinchin)"}
	}
	a := Answer{Response: pool.Varied(q.whole.CV(), 0).Response, Form: fmt.Sprintf("a pool of %d under a lock (Chandy, Herzog and Woo)", q.slots)}
	setting := queueing.Setting{
		Form: queueing.FormLocked, Servers: q.slots, Share: q.wanted(q.slots, 1), Utilization: q.rate() / pool.Capacity(), CV: q.whole.CV(),
	}
	if q.exponential {
		setting.Form = queueing.FormPool // in whatever order such work is done, it is as if the core were shared
	}
	return a.offAt(setting)
}

// uninterrupted reports whether no thread has the lock for so long that it is asked to hand it on.
func (q station) uninterrupted() bool { return q.longest > 0 && q.longest <= q.server.Switch }

// paced is the answer to requests that arrive evenly.
func (q station) paced() Answer {
	inTime := q.load.Rate*q.whole.Mean < float64(q.slots)
	switch {
	case q.work.Mean == 0 && !q.Blocks && q.Slots == 0 && q.delayed() < seldom:
		return Answer{Response: q.wait.Mean, Form: "D/G/∞"}
	case q.pools > 1 || q.shared():
	case q.even() && inTime && (q.waits == 0 || q.work.Mean == 0 || q.Lock == Free || q.Blocks):
		return Answer{Response: q.whole.Mean, Form: fmt.Sprintf("D/D/%d", q.slots)}
	case q.memoryless && q.slots == 1:
		return Answer{Response: queueing.Paced(q.load.Rate, q.whole.Duration()), Form: "D/M/1"}
	}
	return declined("requests arrive evenly, and take times that vary or share a core")
}
