package sim

import "time"

// begin sets the clients going. Those of a closed loop begin at any time of the first half of the warm-up: cores
// that are shared ideally would keep in step for ever what begins together, where a real scheduler serves slice
// by slice.
func (w *world) begin(schedule func() (time.Duration, bool)) {
	for range w.load.Background {
		w.sim.After(0, w.background, 0)
	}
	if w.load.Clients > 0 {
		w.conns = make([]conn, w.load.Clients)
		for c := range int32(w.load.Clients) {
			w.sim.After(time.Duration(w.thoughts.Float64()*float64(w.load.WarmUp)/2), w.think, c)
		}
		return
	}
	for range w.load.Initial {
		w.send(0)
	}
	w.next = schedule
	w.expect()
}

// expect schedules the next arrival.
func (w *world) expect() {
	if at, ok := w.next(); ok {
		w.sim.At(max(at, w.sim.Now()), w.arrive, 0)
	}
}

func (w *world) arrived() {
	w.send(0)
	w.expect()
}

// sendFor lets a client of the closed loop send its next request.
func (w *world) sendFor(client int32) { w.send(client) }

func (w *world) send(client int32) {
	id := w.place()
	r := &w.requests[id]
	*r = request{
		intended: w.sim.Now(), steps: w.load.Demands(w.order, w.demands),
		conn: -1, worker: -1, client: client, open: true,
	}
	w.order++
	w.out.planned(w, r)
	if w.load.Patience > 0 {
		r.patience = w.sim.After(w.load.Patience, w.lose, id)
	}
	if w.Client > 0 {
		w.run(id, asking, w.Client/2)
		return
	}
	w.reach(id)
}

// sendBackground lets a client of the background load ask again.
func (w *world) sendBackground(int32) {
	id := w.place()
	w.requests[id] = request{intended: w.sim.Now(), steps: w.load.BackgroundSteps, conn: -1, worker: -1, open: true, background: true}
	w.connect(id)
}

// place is a free one among the requests.
func (w *world) place() int32 {
	if n := len(w.unused); n > 0 {
		id := w.unused[n-1]
		w.unused = w.unused[:n-1]
		return id
	}
	w.requests = append(w.requests, request{})
	return int32(len(w.requests) - 1)
}

// kept is a connection that the client can use again, or −1.
func (w *world) kept(client int32) int32 {
	if !w.load.KeepAlive {
		return -1
	}
	if w.load.Clients > 0 {
		if w.conns[client].open {
			return client
		}
		return -1
	}
	for n := len(w.idle); n > 0; n = len(w.idle) {
		c := w.idle[n-1]
		w.idle = w.idle[:n-1]
		if w.conns[c].open {
			return c
		}
	}
	return -1
}

// heard is the client's having the answer, if it still waits for it.
func (w *world) heard(id int32) {
	r := &w.requests[id]
	w.out.answered(w, r)
	open := r.open
	r.open = false
	w.unused = append(w.unused, id)
	if open {
		w.goOn(r, r.conn)
	}
}

// goOn lets a client do what it does after an answer, or after it gave up.
func (w *world) goOn(r *request, c int32) {
	switch {
	case r.background:
		w.sim.After(0, w.background, 0)
		return
	case w.load.Clients == 0:
		if c >= 0 {
			w.idle = append(w.idle, c)
		}
		return
	}
	var pause time.Duration
	if w.load.Think != nil {
		pause = w.load.Think(w.thoughts)
	}
	w.sim.After(pause, w.think, r.client)
}

// closeIdle ends a connection that nobody has used for the keep-alive time.
func (w *world) closeIdle(c int32) {
	if w.conns[c].expiry != w.sim.Current() {
		return
	}
	w.conns[c].open = false
	x := &w.workers[w.conns[c].worker]
	x.conns--
	x.accept(w, w.conns[c].worker)
}

// giveUp ends a client's patience. The server goes on with what it has begun.
func (w *world) giveUp(id int32) {
	if r := &w.requests[id]; r.open && r.patience == w.sim.Current() {
		w.fail(id)
	}
}

// fail tells a client that it gets no answer.
func (w *world) fail(id int32) {
	r := &w.requests[id]
	if !r.open {
		return
	}
	r.open = false
	w.out.failed(w, r)
	if w.load.Clients > 0 && !r.background {
		w.conns[r.client].open = false
	}
	w.goOn(r, -1)
}
