package des

import (
	"math/rand/v2"
	"slices"
	"time"
)

// A Scheduler says how a kernel gives cores to jobs that each have a queue of their own (Scheduled).
//
// A fair scheduler shares a core fairly, in slices; which core a job is on is settled when it wakes, and reconsidered
// only now and then. So a job that wakes on a busy core waits for the end of a slice, however short its own work
// is, and jobs can share a core beside an idle one. Requests take longer by both than on cores that are shared ideally.
//
// A job that an interrupt wakes is given an idle core where there is one. Where another job wakes it, that one still
// runs on the core that is about to be idle: so it is given an idle core where there are two, or else any.
type Scheduler struct {
	// Slice is for how long a job has a core while others wait for it.
	Slice time.Duration
	// Balance is for how long at most a core is idle until it takes a job from one that has several; every length
	// up to it is equally likely, because the kernel looks at its ticks.
	Balance time.Duration
}

// Scheduled are cores each of which has a queue of its own.
type Scheduled struct {
	Scheduler
	sim    *Sim
	random *rand.Rand
	done   func(job int32)
	queues []runqueue
	in     []int32 // of a job: its core, none: not here
	left   int32   // core of the job that went last
	ending bool    // of a job: done is under way, and cores are given out when it returns
}

const none int32 = -1

// NewScheduled are so many cores; random is what the scheduler leaves to chance, and done is told of every job that
// has had the work it came for.
func NewScheduled(sim *Sim, count int, s Scheduler, random *rand.Rand, done func(job int32)) *Scheduled {
	c := &Scheduled{Scheduler: s, sim: sim, random: random, done: done}
	for i := range int32(count) {
		c.queues = append(c.queues, runqueue{
			turn: sim.NewTimer(func() { c.turn(i) }), balance: sim.NewTimer(func() { c.pull(i) }),
		})
	}
	return c
}

// Add brings a job with work to do, which an interrupt has woken. It is not here yet.
func (c *Scheduled) Add(job int32, work time.Duration) { c.wake(job, work, 1) }

// AddWoken is Add for a job that another one has woken, which goes in this instant.
func (c *Scheduled) AddWoken(job int32, work time.Duration) { c.wake(job, work, 2) }

// wake gives the job an idle core if so many are.
func (c *Scheduled) wake(job int32, work time.Duration, idle int) {
	on := c.place(idle)
	c.put(job, on)
	q := &c.queues[on]
	c.advance(q)
	if len(q.jobs) == 0 {
		q.began = c.sim.now
	}
	q.jobs = append(q.jobs, running{job, work})
	c.set(q)
	c.look()
}

// Continue is Add for a job that takes its core over from the one that has just gone, in the same instant, with the
// rest of its slice: it has not slept.
func (c *Scheduled) Continue(job int32, work time.Duration) {
	c.put(job, c.left)
	q := &c.queues[c.left]
	c.advance(q)
	q.jobs = slices.Insert(q.jobs, 0, running{job, work})
	q.began = q.before
	c.set(q)
	c.look()
}

func (c *Scheduled) put(job, on int32) {
	for int(job) >= len(c.in) {
		c.in = append(c.in, none)
	}
	c.in[job] = on
}

// place is an idle core where there are so many, or else any.
func (c *Scheduled) place(least int) int32 {
	idle := 0
	for i := range c.queues {
		if len(c.queues[i].jobs) == 0 {
			idle++
		}
	}
	if idle < least {
		return c.random.Int32N(int32(len(c.queues)))
	}
	at := 0
	for nth := c.random.IntN(idle); ; at++ {
		if len(c.queues[at].jobs) > 0 {
			continue
		}
		if nth == 0 {
			return int32(at)
		}
		nth--
	}
}

// Remove takes a job away and returns the work that it still had to do.
func (c *Scheduled) Remove(job int32) (left time.Duration) {
	c.left = c.in[job]
	c.in[job] = none
	q := &c.queues[c.left]
	c.advance(q)
	i := slices.IndexFunc(q.jobs, func(r running) bool { return r.job == job })
	left = q.jobs[i].left
	c.take(q, i)
	c.set(q)
	c.look()
	return left
}

// Has reports whether the job is here.
func (c *Scheduled) Has(job int32) bool { return int(job) < len(c.in) && c.in[job] != none }

// Busy is the work done so far.
func (c *Scheduled) Busy() (work time.Duration) {
	for i := range c.queues {
		c.advance(&c.queues[i])
		work += c.queues[i].busy
	}
	return work
}

// A runqueue is what one core has to do: the first job is on it, the others wait.
type runqueue struct {
	jobs    []running
	updated time.Duration // when what the first job has left was last counted
	began   time.Duration // when its slice began …
	before  time.Duration // … and that of the one that went before it in this instant
	busy    time.Duration

	turn      Timer // runs out when the first job ends, or its slice
	balance   Timer // … when the core, idle, looks for a job elsewhere
	balancing bool  // it is running
}

type running struct {
	job  int32
	left time.Duration
}

// advance counts what the job on the core has had up to now.
func (c *Scheduled) advance(q *runqueue) {
	if len(q.jobs) > 0 {
		elapsed := c.sim.now - q.updated
		q.jobs[0].left -= elapsed
		q.busy += elapsed
	}
	q.updated = c.sim.now
}

// set sets when the job on the core ends, or its slice where others wait. One that has been alone is in the middle
// of a slice.
func (c *Scheduled) set(q *runqueue) {
	switch len(q.jobs) {
	case 0:
		c.sim.Clear(q.turn)
	case 1:
		c.sim.Set(q.turn, q.jobs[0].left)
	default:
		had := (c.sim.now - q.began) % c.Slice
		c.sim.Set(q.turn, min(q.jobs[0].left, c.Slice-had))
	}
}

// take takes the i-th job out of a queue; the slice of another begins where it was on the core.
func (c *Scheduled) take(q *runqueue, i int) {
	q.jobs = slices.Delete(q.jobs, i, i+1)
	if i == 0 {
		q.before, q.began = q.began, c.sim.now
	}
}

// turn ends the job on a core, or its slice.
func (c *Scheduled) turn(i int32) {
	q := &c.queues[i]
	c.advance(q)
	if first := q.jobs[0]; first.left > 0 {
		c.take(q, 0)
		q.jobs = append(q.jobs, first)
		c.set(q)
		return
	}
	job := q.jobs[0].job
	c.in[job], c.left = none, i
	c.take(q, 0)
	c.set(q)
	c.ending = true
	c.done(job)
	c.ending = false
	c.look()
}

// look lets the kernel's next look at each core that is idle beside jobs that share one be known, and no other.
func (c *Scheduled) look() {
	if c.ending {
		return
	}
	var idle, crowded bool
	for i := range c.queues {
		n := len(c.queues[i].jobs)
		idle, crowded = idle || n == 0, crowded || n > 1
	}
	for i := range c.queues {
		q := &c.queues[i]
		switch wanting := idle && crowded && len(q.jobs) == 0; {
		case wanting && !q.balancing:
			c.sim.Set(q.balance, time.Duration(c.random.Float64()*float64(c.Balance)))
			q.balancing = true
		case !wanting && q.balancing:
			c.sim.Clear(q.balance)
			q.balancing = false
		}
	}
}

// pull lets an idle core take a job that waits, from the core where the most do.
func (c *Scheduled) pull(to int32) {
	from := &c.queues[0]
	for i := range c.queues {
		if len(c.queues[i].jobs) > len(from.jobs) {
			from = &c.queues[i]
		}
	}
	moved := from.jobs[len(from.jobs)-1]
	from.jobs = from.jobs[:len(from.jobs)-1]
	c.advance(from)
	c.set(from)
	q := &c.queues[to]
	q.balancing = false
	c.advance(q)
	q.began, q.jobs = c.sim.now, append(q.jobs, moved)
	c.in[moved.job] = to
	c.set(q)
	c.look()
}
