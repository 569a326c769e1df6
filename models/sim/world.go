package sim

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/des"
	"github.com/workerlab/workerlab/server/task"
)

// A world is one replication at work.
type world struct {
	Config
	load  Load
	trace *Trace

	sim   des.Sim
	cores cores
	cost  []time.Duration // of each stretch of the server's own work before the app, and of each after it

	workers  []worker
	racing   []int32 // workers in the order in which they run when all are woken
	backlog  []int32 // requests whose connections wait to be accepted
	requests []request
	unused   []int32 // places among requests
	idle     []int32 // kept connections that no request is on; open loop
	conns    []conn

	race, demands, thoughts, jitter, chance *rand.Rand

	speaking bool // a client beside the server sends a request in this instant

	next  func() (time.Duration, bool) // the next arrival
	order int                          // of the next request
	out   Result

	// Actions; the argument is a worker's, a request's or a connection's place.
	resume, expire, arrive, retry, lose, forget, silence, booted, think, background des.Action
}

// A request is one, from its intended send until nobody has to do with it any more.
type request struct {
	intended   time.Duration
	accepted   time.Duration
	began      time.Duration // a slot was its own
	steps      []task.Step
	at         int // of its stretches: the server's work, the app's steps, the server's work again
	conn       int32
	worker     int32
	client     int32 // of a closed loop
	background bool  // of the background load
	tries      int   // to connect
	patience   des.Ticket
	open       bool // its client waits for it
	serving    bool // it has a slot
	stage      stage
}

// A stage is work for a request that is none of its worker's under the lock.
type stage uint8

const (
	none    stage = iota
	asking        // the client's, before the request reaches the server
	outside       // the worker's that needs no lock
	hearing       // the client's, after the answer
)

// A conn is a connection that is kept or may be.
type conn struct {
	worker int32
	expiry des.Ticket
	open   bool
}

func newWorld(c Config, l Load, replication uint64, seed uint64, trace *Trace) *world {
	streams := des.Streams{Seed: seed, Replication: replication}
	w := &world{Config: c, load: l, trace: trace}
	w.race, w.demands = streams.For("race"), streams.For("demands")
	w.thoughts, w.jitter, w.chance = streams.For("thoughts"), streams.For("jitter"), streams.For("lock")
	w.Switch = orElse(w.Switch, switchInterval)
	w.stretches()
	w.cores = w.newCores(streams)
	w.resume = w.sim.Register(w.step)
	w.expire = w.sim.Register(func(worker int32) { w.workers[worker].lock.expired() })
	w.retry, w.lose = w.sim.Register(w.connect), w.sim.Register(w.giveUp)
	w.forget, w.silence = w.sim.Register(w.closeIdle), w.sim.Register(w.silent)
	w.booted, w.think = w.sim.Register(w.ready), w.sim.Register(w.sendFor)
	w.arrive = w.sim.Register(func(int32) { w.arrived() })
	w.background = w.sim.Register(w.sendBackground)
	w.staff(streams)
	return w
}

// cores are what jobs compute on (des.Cores, des.Scheduled).
type cores interface {
	Add(job int32, work time.Duration)
	AddWoken(job int32, work time.Duration)
	Continue(job int32, work time.Duration)
	Remove(job int32) (left time.Duration)
	Has(job int32) bool
	Busy() time.Duration
}

func (w *world) newCores(streams des.Streams) cores {
	if w.Scheduler == nil {
		return des.NewCores(&w.sim, w.Cores, w.computed)
	}
	return des.NewScheduled(&w.sim, w.Cores, *w.Scheduler, streams.For("scheduler"), w.computed)
}

func orElse(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}

// stretches divides the server's work for a request. Between two of them on one side of the app's steps it makes a
// call that gives the lock away.
func (w *world) stretches() {
	n := max(2, w.Acquisitions)
	before := (n + 1) / 2
	for i := range n {
		part := w.Request / 2 / time.Duration(before)
		if i >= before {
			part = w.Request / 2 / time.Duration(n-before)
		}
		w.cost = append(w.cost, part)
	}
}

// ahead is how many stretches of the server's work come before the app's steps.
func (w *world) ahead() int { return (len(w.cost) + 1) / 2 }

// staff makes the workers, their order in a race weighted as Bias says, and their locks.
func (w *world) staff(streams des.Streams) {
	weights := streams.For("bias")
	for i := range int32(w.Workers) {
		x := worker{serving: true, weight: math.Exp(w.Bias * weights.NormFloat64())}
		x.lock = lock{w: w, worker: i, holder: nobody}
		if w.Lock == models.Switching {
			x.lock.interval = w.Switch + slack
		}
		x.last = w.lifetime()
		w.workers = append(w.workers, x)
		w.racing = append(w.racing, i)
	}
}

// run lets a stage have the core that it needs. A client that hears is woken by the worker that speaks.
func (w *world) run(id int32, e stage, work time.Duration) {
	w.requests[id].stage = e
	if j := id + int32(len(w.workers)); e == hearing {
		w.cores.AddWoken(j, work)
	} else {
		w.cores.Add(j, work)
	}
}

// reach brings a request to the server: on a connection that was kept, or on a new one.
func (w *world) reach(id int32) {
	r := &w.requests[id]
	if !r.open {
		w.unused = append(w.unused, id)
		return
	}
	if c := w.kept(r.client); c >= 0 {
		w.conns[c].expiry = 0
		r.conn, r.worker, r.accepted = c, w.conns[c].worker, w.sim.Now()
		w.workers[r.worker].receive(w, id)
		return
	}
	w.connect(id)
}

// linear are the times from the first SYN at which Linux sends it again.
var linear = []time.Duration{1, 2, 3, 4, 5, 7, 11, 19, 35, 67}

// connect hands the connection to the kernel, or tries again later where the backlog is full.
func (w *world) connect(id int32) {
	r := &w.requests[id]
	if !r.open {
		w.unused = append(w.unused, id)
		return
	}
	if w.Backlog > 0 && len(w.backlog) > w.Backlog { // the kernel holds one more than it says
		if r.tries == len(linear) {
			w.fail(id)
			w.unused = append(w.unused, id)
			return
		}
		gap := linear[r.tries]
		if r.tries > 0 {
			gap -= linear[r.tries-1]
		}
		r.tries++
		w.out.Retries++
		w.sim.After(gap*time.Second, w.retry, id)
		return
	}
	w.backlog = append(w.backlog, id)
	w.knock()
}

// knock tells the workers of a connection that waits. Those that are woken run in the order of the race.
func (w *world) knock() {
	if w.Holds > 0 && len(w.racing) > 1 {
		w.shuffle()
	}
	for _, i := range w.racing {
		if len(w.backlog) == 0 {
			return
		}
		w.workers[i].accept(w, i)
	}
}

// shuffle draws who runs first, each by its weight: of exponential times with those rates the shortest.
func (w *world) shuffle() {
	for i := range w.workers {
		w.workers[i].draw = w.race.ExpFloat64() / w.workers[i].weight
	}
	slices.SortFunc(w.racing, func(a, b int32) int {
		switch x, y := w.workers[a].draw, w.workers[b].draw; {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
}

// computed is told of every stretch of work that is done.
func (w *world) computed(j job) {
	if int(j) < len(w.workers) {
		w.workers[j].accepted(w, j)
		return
	}
	id := j - int32(len(w.workers))
	r := &w.requests[id]
	if r.stage != none {
		w.done(id)
		return
	}
	x := &w.workers[r.worker]
	x.left(w)
	r.at++
	switch {
	case x.lock.holder != j:
	case !w.retains(r):
		x.lock.release()
	case w.returns(r):
		x.lock.call()
	}
	w.step(id)
}

// done goes on after a stage.
func (w *world) done(id int32) {
	r := &w.requests[id]
	e := r.stage
	r.stage = none
	switch e {
	case asking:
		w.speaking = true
		w.reach(id)
		w.speaking = false
	case outside:
		w.workers[w.requests[id].worker].left(w)
		w.step(id)
	case hearing:
		w.heard(id)
	case none:
	}
}

// step does what comes next for a request that is served.
func (w *world) step(id int32) {
	r := &w.requests[id]
	if !r.serving { // its worker was killed
		return
	}
	ahead := w.ahead()
	j := id + int32(len(w.workers))
	switch at := r.at - ahead; {
	case at < 0:
		w.compute(r, j, w.cost[r.at]+w.opening(r))
	case at < len(r.steps) && r.steps[at].Kind == task.OffCPU:
		r.at++
		w.sim.After(r.steps[at].For, w.resume, id)
	case at < len(r.steps):
		w.compute(r, j, r.steps[at].For)
	case at-len(r.steps) < len(w.cost)-ahead:
		w.compute(r, j, w.cost[r.at-len(r.steps)])
	default:
		w.respond(id)
	}
}

// opening is what the request's connection has cost, where it is new.
func (w *world) opening(r *request) time.Duration {
	if r.at == 0 && r.conn < 0 {
		return w.Connect
	}
	return 0
}

// retains reports whether a request that has worked goes on under the lock that it has. A thread does unless it
// waits, or makes a call that takes long: after a short one it has the lock again before anyone who was woken runs.
func (w *world) retains(r *request) bool {
	switch {
	case w.Lock == models.Switching:
		return w.works(r) && !w.calls(r)
	case w.Blocks:
		return true
	}
	return w.works(r)
}

// calls reports whether what comes next for a request is work of the server that follows work of the server.
func (w *world) calls(r *request) bool {
	at := r.at - w.ahead()
	return r.at > 0 && at < 0 || at > len(r.steps)
}

// returns reports whether what comes next for a request is the app, or what follows it: the server has read the
// request, or writes the answer.
func (w *world) returns(r *request) bool {
	at := r.at - w.ahead()
	return at == 0 || at == len(r.steps)
}

// works reports whether what comes next for a request is work.
func (w *world) works(r *request) bool {
	at := r.at - w.ahead()
	switch {
	case at < 0:
		return true
	case at < len(r.steps):
		return r.steps[at].Kind == task.OnCPU
	}
	return at-len(r.steps) < len(w.cost)-w.ahead()
}

// compute lets a request do work, as its worker's lock allows. No work needs no lock, but a loop's turn.
func (w *world) compute(r *request, j job, work time.Duration) {
	x := &w.workers[r.worker]
	if w.Lock == models.Free || x.lock.holder == j || w.Lock == models.Switching && work == 0 {
		x.run(w, j, work)
		return
	}
	x.lock.compute(j, work)
}

// respond gives the answer, and the slot and perhaps the connection to whoever is next.
func (w *world) respond(id int32) {
	r := &w.requests[id]
	x := &w.workers[r.worker]
	if w.Blocks {
		x.lock.release()
	}
	w.trace.served(w, id)
	worker := r.worker
	r.serving = false
	x.busy--
	if x.served++; x.served == x.last {
		x.retiring = true
	}
	if !r.background {
		r.conn = w.keep(worker, r.conn, r.client)
	}
	if r.conn < 0 {
		x.conns--
	}
	if w.Client > 0 && r.open {
		w.run(id, hearing, w.Client/2)
	} else {
		w.heard(id)
	}
	x.proceed(w, worker)
}

// keep keeps the connection that a request came on, or a new one, and returns it; −1 where it is closed.
func (w *world) keep(worker, c, client int32) int32 {
	x := &w.workers[worker]
	if !w.Keeps || w.KeepAlive <= 0 || !w.load.KeepAlive || x.retiring {
		if c >= 0 {
			w.conns[c].open = false
		}
		return -1
	}
	if c < 0 {
		c = client
		if w.load.Clients == 0 {
			w.conns = append(w.conns, conn{})
			c = int32(len(w.conns) - 1)
		}
	}
	w.conns[c] = conn{worker: worker, open: true, expiry: w.sim.After(w.KeepAlive, w.forget, c)}
	return c
}
