package models

import (
	"fmt"

	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/models/spec"
)

// closed is what clients see who ask again when they have been answered and have thought.
func (q station) closed() Answer {
	why := q.strange()
	switch {
	case why != "":
		return declined("%s", why)
	case q.load.Clients > q.slots && q.pools > 1:
		return declined("%d workers with queues of their own share the clients", q.pools)
	case q.shared() && q.Lock == Free && q.on.Scheduler != spec.Ideal && min(q.load.Clients, q.pools*q.slots) > q.cores:
		return declined("the kernel gives cores in slices and finds idle ones late, which no form knows (scheduler: ideal)")
	}
	cores, exact := q.product()
	if !exact {
		return declined("clients who come back meet others' work in an order that no form has")
	}
	f := queueing.Finite{Clients: q.load.Clients, Think: q.load.Think, Size: q.pools * q.slots, Net: q.net(cores)}
	served, response := f.Settles()
	return Answer{Response: response.Seconds(), Served: served, Form: fmt.Sprintf("a closed network of %d (Baskett, Chandy, Muntz and Palacios)", q.load.Clients)}
}

// product is how many cores serve the requests of one queue, and whether what they come to is known: where all are
// served at once it is for any law if the cores are shared, and for exponential work in turn; where some wait for a
// slot, if the whole is exponential, or if nobody thinks, so that slots are never empty.
func (q station) product() (cores int, known bool) {
	busy := q.pools == 1 && q.load.Think == 0
	fits := q.load.Clients <= q.slots // even if all are dealt to one worker
	single := q.pools == 1 && q.memoryless
	switch {
	case q.load.Clients == 1:
		return q.cores, true
	case q.work.Mean == 0 && !q.Blocks, q.Blocks, q.slots == 1, !q.shared(): // no core is shared
		return q.cores, fits || single || busy
	case q.Lock == Free:
		apart := !q.even() || q.load.Think > 0 && q.load.Thinking != spec.Even // else they may keep step for ever
		return q.cores, apart && (fits || busy) || q.waits == 0 && (single || busy)
	case q.waits > 0:
		return 1, q.pools == 1 && q.Lock == Switching && q.exponential && fits
	}
	return 1, busy || q.pools == 1 && q.exponential
}
