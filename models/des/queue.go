package des

import "time"

// A Queue serves customers first come first served with c servers, each of whom holds one customer for the
// time that its service takes.
type Queue struct {
	sim     *Sim
	servers int
	limit   int // customers in all; 0: none
	done    func(customer int32)
	end     Action

	waiting ring
	busy    int
}

// waiting customers, each with the service it needs.
type waiting struct {
	service  time.Duration
	customer int32
}

// NewQueue has so many servers and room for so many customers in all, 0 for any number; done is told of
// every customer that has been served.
func NewQueue(sim *Sim, servers, limit int, done func(customer int32)) *Queue {
	q := &Queue{sim: sim, servers: servers, limit: limit, done: done}
	q.end = sim.Register(q.ended)
	return q
}

// Arrive brings a customer. It is turned away, and reports so, where there is no room.
func (q *Queue) Arrive(customer int32, service time.Duration) (in bool) {
	switch {
	case q.busy < q.servers:
		q.busy++
		q.sim.After(service, q.end, customer)
	case q.limit > 0 && q.busy+q.waiting.n >= q.limit:
		return false
	default:
		q.waiting.push(waiting{service, customer})
	}
	return true
}

func (q *Queue) ended(customer int32) {
	if q.waiting.n > 0 {
		next := q.waiting.pop()
		q.sim.After(next.service, q.end, next.customer)
	} else {
		q.busy--
	}
	q.done(customer)
}

// Waiting is how many wait for a server.
func (q *Queue) Waiting() int { return q.waiting.n }

// A ring is a first-in first-out list that grows and does not shrink.
type ring struct {
	items    []waiting
	first, n int
}

func (r *ring) push(w waiting) {
	if r.n == len(r.items) {
		grown := make([]waiting, max(8, 2*r.n))
		for i := range r.n {
			grown[i] = r.items[(r.first+i)%len(r.items)]
		}
		r.items, r.first = grown, 0
	}
	at := r.first + r.n
	if at >= len(r.items) {
		at -= len(r.items)
	}
	r.items[at] = w
	r.n++
}

// pop takes the first of a ring that is not empty.
func (r *ring) pop() waiting {
	w := r.items[r.first]
	if r.first++; r.first == len(r.items) {
		r.first = 0
	}
	r.n--
	return w
}
