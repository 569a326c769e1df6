package server

import (
	"cmp"
	"errors"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// tick is how long a worker has between SIGABRT and SIGKILL, and between any other last word and the
// kill: gunicorn's arbiter looks once a second.
const tick = time.Second

// Exit codes of a worker that tell the arbiter not to try again (gunicorn's arbiter.py).
const (
	exitBoot = 3 // the worker cannot boot
	exitApp  = 4 // the app cannot be loaded
)

// An ExitError says that a worker could not start, for a reason that a second try would not mend.
type ExitError struct{ Code int }

func (e *ExitError) Error() string {
	if e.Code == exitApp {
		return "a worker could not load the app (its log says why); the server has stopped"
	}
	return "a worker could not boot (its log says why); the server has stopped"
}

// system is what the arbiter asks of the operating system. It is the only test seam.
type system struct {
	clock    func() time.Duration // as scoreboard.Clock
	spawn    func(slot, lane int) (pid int, err error)
	kill     func(pid int, sig unix.Signal) error
	reap     func(pid int) (status unix.WaitStatus, gone bool)
	beat     func(slot int) time.Duration // last heartbeat, on the clock; 0: none
	served   func(slot int) int64         // requests
	release  func(slot int)               // the slot's worker is gone
	fit      func(wanted, used int)       // reuse-port: steers to the wanted lanes, closes those not used
	drained  func(lane int) bool          // reuse-port: nobody waits in the lane's backlog
	unlisten func()                       // closes the arbiter's listeners
	reopen   func() error                 // reopens the arbiter's logs
	upgrade  func() (pid int, err error)  // executes the program anew
	promote  func()                       // the predecessor is gone
}

// events are what happens to an arbiter.
type events struct {
	signals     <-chan os.Signal
	children    <-chan os.Signal // SIGCHLD; they coalesce, so all children are looked at
	boots       <-chan int       // processes that have begun to serve
	predecessor <-chan struct{}  // closed when the arbiter that executed us is gone; nil: there is none
}

// An arbiter keeps the wanted number of workers alive. One goroutine owns it (run): every event makes
// it look at the whole state and move it towards what is wanted (manage), so no event is special and
// none can be missed.
type arbiter struct {
	set *Settings
	system
	events
	log *slog.Logger
	rng *rand.Rand // of the pauses between spawns

	target     int // workers wanted
	generation int // counts reloads
	workers    map[int]*child
	born       int // spawns so far

	backoff   backoff
	nextSpawn time.Duration // not before
	rescaled  time.Duration // when the target changed last
	look      time.Duration // when something else wants to be looked at again

	ready     bool // that all wanted workers have booted has been said
	stopping  bool
	killAll   time.Duration // while stopping: when patience ends
	failure   error         // why it stops, if not by request
	successor int           // process of an upgrade; 0: none
}

// A child is one worker as the arbiter sees it.
type child struct {
	pid, slot, lane   int
	born, generation  int
	spawned, bootedAt time.Duration
	booted            bool
	leaving           bool          // it has been asked to leave
	aborted           bool          // it was silent for too long
	killAt            time.Duration // when SIGKILL follows; 0: not asked for
}

// run is the arbiter's life. It returns once it has stopped and no worker is left.
func (a *arbiter) run() error {
	a.workers = map[int]*child{}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		next := a.manage()
		if a.stopping && len(a.workers) == 0 {
			return a.failure
		}
		timer.Reset(max(0, next-a.clock()))
		select {
		case sig := <-a.signals:
			a.obey(sig)
		case <-a.children:
			a.reapAll()
		case pid := <-a.boots:
			a.bootedUp(pid)
		case <-a.predecessor:
			a.predecessor = nil
			a.promote()
		case <-timer.C:
		}
	}
}

// idle is how long the arbiter sleeps when nothing is due.
const idle = time.Hour

// manage moves the state towards what is wanted and returns when it must look again.
func (a *arbiter) manage() (next time.Duration) {
	now := a.clock()
	a.look = now + idle
	if !a.stopping {
		a.respawn(now)
		a.fitLanes()
		a.retireSurplus(now)
		a.sayReady()
	}
	next = a.look
	if a.short() && !a.stopping {
		next = min(next, a.nextSpawn)
	}
	for _, c := range a.workers {
		next = min(next, a.enforce(c, now))
	}
	return next
}

// short reports whether workers of the current generation are missing.
func (a *arbiter) short() bool {
	n := 0
	for _, c := range a.workers {
		if !c.leaving && c.generation == a.generation {
			n++
		}
	}
	return n < a.target
}

// maxPause is how far apart spawns in bulk are, at most (gunicorn: 0.1 * random.random()).
const maxPause = 100 * time.Millisecond

// respawn starts a worker if one is missing and it is time. A lone death is made good at once; spawns
// in a row are spaced, so that the workers' periodic work does not coincide for ever.
func (a *arbiter) respawn(now time.Duration) {
	if now < a.nextSpawn || !a.short() {
		return
	}
	slot, ok := a.freeSlot()
	if !ok {
		a.nextSpawn = now + maxPause // one is freed when a leaving worker has left
		return
	}
	lane := a.bareLane()
	pid, err := a.spawn(slot, lane)
	if err != nil {
		a.nextSpawn = now + max(maxPause, a.backoff.failed(now))
		a.log.Error("cannot start a worker", "error", err, "again_in_seconds", inSeconds(a.nextSpawn-now))
		return
	}
	a.nextSpawn = now + time.Duration(a.rng.Int64N(int64(maxPause)))
	a.born++
	a.workers[pid] = &child{
		pid: pid, slot: slot, lane: lane, spawned: now, born: a.born, generation: a.generation,
	}
	a.log.Debug("worker started", "pid", pid, "slot", slot)
}

func (a *arbiter) freeSlot() (int, bool) {
	taken := make(map[int]bool, len(a.workers))
	for _, c := range a.workers {
		taken[c.slot] = true
	}
	for i := range slots {
		if !taken[i] {
			return i, true
		}
	}
	return 0, false
}

// bareLane is the lane with the fewest workers of this generation: in a reload each new worker takes
// the sockets of one that it replaces.
func (a *arbiter) bareLane() int {
	if !a.set.ReusePort {
		return 0
	}
	load := make([]int, a.target)
	for _, c := range a.workers {
		if !c.leaving && c.generation == a.generation && c.lane < len(load) {
			load[c.lane]++
		}
	}
	return slices.Index(load, slices.Min(load))
}

// retireSurplus asks workers beyond the target to leave, the oldest first, but only as many as those
// that stay have booted: until then an old worker serves in the place of a new one.
func (a *arbiter) retireSurplus(now time.Duration) {
	staying := a.byAge()
	slices.SortStableFunc(staying, a.byLane)
	surplus := len(staying) - a.target
	if surplus <= 0 {
		return
	}
	for _, c := range staying[surplus:] {
		if !c.booted {
			surplus--
		}
	}
	for _, c := range staying[:max(0, surplus)] {
		if a.mayGo(c, now) {
			a.retire(c, now)
		}
	}
}

// byLane puts workers first whose lane is to be closed. Without reuse-port it changes nothing.
func (a *arbiter) byLane(x, y *child) int {
	return compareBool(x.lane < a.target, y.lane < a.target)
}

func compareBool(x, y bool) int {
	switch {
	case x == y:
		return 0
	case y:
		return -1
	}
	return 1
}

// fitLanes keeps as many lanes as workers are wanted; one that still has a worker is kept until that
// has left, for it may yet accept what is in the backlog.
func (a *arbiter) fitLanes() {
	if !a.set.ReusePort || a.target == 0 {
		return
	}
	used := 0
	for _, c := range a.workers {
		used = max(used, c.lane+1)
	}
	a.fit(a.target, used)
}

// Of a lane that is to be closed: how long handshakes that began before the steering may take, and how
// often its backlog is looked at.
const (
	handshakes  = 100 * time.Millisecond
	backlogLook = 10 * time.Millisecond
)

// mayGo reports whether a worker may retire now. One whose lane is closed behind it must have emptied
// the lane's backlog first, which nothing new enters since connections are steered elsewhere.
func (a *arbiter) mayGo(c *child, now time.Duration) bool {
	waited := now - a.rescaled
	if c.lane < a.target || a.target == 0 || waited >= a.set.Graceful {
		return true
	}
	if waited >= handshakes && a.drained(c.lane) {
		return true
	}
	a.look = min(a.look, now+backlogLook)
	return false
}

// byAge are the workers that have not been asked to leave, the oldest first.
func (a *arbiter) byAge() []*child {
	var list []*child
	for _, c := range a.workers {
		if !c.leaving {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(x, y *child) int { return cmp.Compare(x.born, y.born) })
	return list
}

// retire asks a worker to drain. The kill is a backstop: workers watch the graceful timeout themselves.
func (a *arbiter) retire(c *child, now time.Duration) {
	a.log.Info("worker retiring", "pid", c.pid, "slot", c.slot)
	c.leaving = true
	c.killBy(now + a.set.Graceful + tick)
	a.signal(c, unix.SIGTERM)
}

func (a *arbiter) sayReady() {
	if a.ready || a.target == 0 || a.short() {
		return
	}
	for _, c := range a.workers {
		if !c.leaving && !c.booted {
			return
		}
	}
	a.ready = true
	a.log.Info("ready", "workers", a.target, "pid", os.Getpid())
}

// enforce aborts a worker that is silent, kills what is overdue, and returns when to look again.
func (a *arbiter) enforce(c *child, now time.Duration) (next time.Duration) {
	silence := now - max(a.beat(c.slot), c.spawned)
	if a.set.Timeout > 0 && silence >= a.set.Timeout && !c.aborted {
		a.log.Error("worker timeout", "pid", c.pid, "slot", c.slot, "silent_seconds", inSeconds(silence))
		a.signal(c, unix.SIGABRT)
		c.aborted = true
		c.killBy(now + tick)
	}
	if a.stopping {
		c.killBy(a.killAll)
	}
	if c.killAt > 0 && now >= c.killAt {
		a.log.Warn("worker killed", "pid", c.pid, "slot", c.slot)
		a.signal(c, unix.SIGKILL)
		c.killAt = now + tick
		return c.killAt
	}
	next = now + idle
	if a.set.Timeout > 0 && !c.aborted {
		next = now - silence + a.set.Timeout
	}
	if c.killAt > 0 {
		next = min(next, c.killAt)
	}
	return next
}

// killBy brings the kill forward to at.
func (c *child) killBy(at time.Duration) {
	if c.killAt == 0 || at < c.killAt {
		c.killAt = at
	}
}

func (a *arbiter) signal(c *child, sig unix.Signal) {
	if err := a.kill(c.pid, sig); err != nil && !errors.Is(err, unix.ESRCH) {
		a.log.Error("cannot signal a worker", "pid", c.pid, "signal", sig.String(), "error", err)
	}
}

func (a *arbiter) bootedUp(pid int) {
	c := a.workers[pid]
	if c == nil || c.booted {
		return
	}
	c.booted, c.bootedAt = true, a.clock()
	a.log.Info("worker booted", "pid", pid, "slot", c.slot, "after_seconds", inSeconds(c.bootedAt-c.spawned))
}
