package sim

import (
	"math"
	"slices"
	"time"

	"github.com/workerlab/workerlab/models"
)

// A worker is one process.
type worker struct {
	lock   lock
	weight float64 // in the race for connections
	draw   float64 // of the current race

	serving   bool // it has booted
	accepting bool // its acceptor waits for its turn, or accepts
	retiring  bool // it takes no connection any more
	conns     int  // that it holds, idle ones too
	busy      int  // requests that have a slot
	queue     []int32
	served    int
	last      int // request after which it retires; −1: none

	stopped time.Duration // when one of its jobs last went from its core …
	goingOn bool          // … which nobody has taken over
}

// left is told of a job of the worker that has just gone from its core.
func (x *worker) left(w *world) { x.stopped, x.goingOn = w.sim.Now(), true }

// run lets a job of the worker compute: where one has stopped in this instant, on its core, for the process has not
// slept.
func (x *worker) run(w *world, j job, work time.Duration) {
	if x.goingOn && x.stopped == w.sim.Now() {
		x.goingOn = false
		w.cores.Continue(j, work)
		return
	}
	if w.speaking {
		w.cores.AddWoken(j, work)
		return
	}
	w.cores.Add(j, work)
}

// lifetime draws how many requests a worker serves.
func (w *world) lifetime() int {
	if w.MaxRequests == 0 {
		return -1
	}
	return w.MaxRequests + w.jitter.IntN(w.Jitter+1)
}

// free reports whether the worker could take a connection.
func (x *worker) free(w *world) bool {
	switch {
	case !x.serving || x.retiring:
		return false
	case w.Holds == 0:
		return x.busy < w.Slots
	}
	return x.conns < w.Holds
}

// accept lets the worker take connections that wait: at once where it was asleep in accept, or else when
// its acceptor has had its turn.
func (x *worker) accept(w *world, i int32) {
	if x.accepting || !x.free(w) {
		return
	}
	if w.Holds == 0 {
		x.take(w, i)
		return
	}
	x.accepting = true
	if w.Lock == models.Free || w.Lock == models.Switching && w.Wake == 0 {
		x.run(w, i, w.Wake)
		return
	}
	x.lock.compute(i, w.Wake)
}

// accepted is the end of the acceptor's turn: others may have been faster.
func (x *worker) accepted(w *world, i int32) {
	if !x.serving { // the work was its boot
		w.ready(i)
		return
	}
	x.left(w)
	if x.lock.holder == i {
		x.lock.release()
	}
	x.accepting = false
	turn := w.Turn
	if turn == 0 {
		turn = math.MaxInt
	}
	for ; turn > 0 && len(w.backlog) > 0 && x.free(w); turn-- {
		x.take(w, i)
	}
	if len(w.backlog) > 0 {
		x.accept(w, i)
	}
}

// take takes the connection that has waited longest.
func (x *worker) take(w *world, i int32) {
	id := w.backlog[0]
	w.backlog = append(w.backlog[:0], w.backlog[1:]...)
	r := &w.requests[id]
	r.worker, r.accepted = i, w.sim.Now()
	x.conns++
	x.receive(w, id)
}

// receive begins to serve a request, or lets it wait for a slot.
func (x *worker) receive(w *world, id int32) {
	if w.Slots > 0 && x.busy >= w.Slots {
		x.queue = append(x.queue, id)
		return
	}
	x.begin(w, id)
}

func (x *worker) begin(w *world, id int32) {
	r := &w.requests[id]
	x.busy++
	r.began, r.serving = w.sim.Now(), true
	if w.Timeout > 0 && (w.Slots == 1 || w.Lock == models.Loop) {
		// The arbiter looks once a second, at any phase to the request.
		w.sim.After(w.Timeout+time.Duration(w.jitter.Float64()*float64(scan)), w.silence, id)
	}
	if w.Outside > 0 && w.Lock == models.Switching {
		w.run(id, outside, w.Outside)
		return
	}
	w.step(id)
}

// proceed lets the worker go on after a request: with the next in its queue, a connection that waits, or its
// end.
func (x *worker) proceed(w *world, i int32) {
	if len(x.queue) > 0 && (w.Slots == 0 || x.busy < w.Slots) {
		id := x.queue[0]
		x.queue = append(x.queue[:0], x.queue[1:]...)
		x.begin(w, id)
		return
	}
	if x.retiring && x.busy == 0 && len(x.queue) == 0 {
		x.replace(w, i)
		return
	}
	if len(w.backlog) > 0 {
		x.accept(w, i)
	}
}

// replace starts a new process in the worker's place. Connections that it kept idle are closed.
func (x *worker) replace(w *world, i int32) {
	for c := range w.conns {
		if w.conns[c].worker == i && w.conns[c].expiry != 0 {
			w.conns[c].open, w.conns[c].expiry = false, 0
		}
	}
	w.out.Restarts++
	x.serving, x.retiring, x.accepting = false, false, false
	x.conns, x.busy, x.served, x.last = 0, 0, 0, w.lifetime()
	x.lock.holder, x.lock.waiting, x.lock.looking = nobody, x.lock.waiting[:0], false
	if w.cores.Has(i) { // its acceptor has its turn
		w.cores.Remove(i)
	}
	w.cores.Add(i, w.Boot)
}

// ready lets a worker that has booted accept.
func (w *world) ready(i int32) {
	x := &w.workers[i]
	x.serving = true
	for len(w.backlog) > 0 && !x.accepting && x.free(w) {
		x.accept(w, i)
	}
}

// silent kills the worker of a request that has kept it silent for the timeout.
func (w *world) silent(id int32) {
	r := &w.requests[id]
	if !r.serving || w.sim.Now()-r.began < w.Timeout || !w.holdsUp(r, id) {
		return
	}
	i := r.worker
	x := &w.workers[i]
	for other := range int32(len(w.requests)) {
		o := &w.requests[other]
		if o.worker != i || !o.serving && !slices.Contains(x.queue, other) {
			continue
		}
		w.drop(other)
	}
	x.queue = x.queue[:0]
	x.replace(w, i)
}

// holdsUp reports whether the request is why its worker does not beat.
func (w *world) holdsUp(_ *request, id int32) bool {
	j := id + int32(len(w.workers))
	return w.Holds == 0 || w.workers[w.requests[id].worker].lock.holder == j
}

// drop takes a request from a worker that is killed.
func (w *world) drop(id int32) {
	j := id + int32(len(w.workers))
	if w.cores.Has(j) {
		w.cores.Remove(j)
	}
	w.fail(id)
	w.requests[id].serving = false
	w.requests[id].worker = -1
}
