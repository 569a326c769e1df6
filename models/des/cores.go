package des

import "time"

// Cores are C cores that the jobs present share equally, none having more than one: processor sharing, as
// the kernel's fair scheduler nearly does it. Jobs come and go at O(log n), because time is counted in
// what each of them has received (virtual time), in which a job's end does not move when others come.
type Cores struct {
	sim   *Sim
	count float64
	done  func(job int32)

	finish Timer // runs out when the next job ends

	received float64 // nanoseconds of work that each job has received since the beginning
	updated  time.Duration
	jobs     finishes
	order    uint64  // of the next job to come
	at       []int32 // of a job: its place among them, −1: not here
	busy     float64 // core-nanoseconds of work done
}

// NewCores are so many cores; done is told of every job that has had the work it came for.
func NewCores(sim *Sim, count int, done func(job int32)) *Cores {
	c := &Cores{sim: sim, count: float64(count), done: done}
	c.finish = sim.NewTimer(c.complete)
	return c
}

// Add brings a job with work to do. It is not here yet.
func (c *Cores) Add(job int32, work time.Duration) {
	c.advance()
	for int(job) >= len(c.at) {
		c.at = append(c.at, -1)
	}
	c.jobs = append(c.jobs, finishing{c.received + float64(max(0, work)), c.order, job})
	c.order++
	c.up(len(c.jobs) - 1)
	c.schedule()
}

// AddWoken is Add: on cores that are shared ideally it does not matter what woke a job …
func (c *Cores) AddWoken(job int32, work time.Duration) { c.Add(job, work) }

// Continue is Add: … and whether it has slept.
func (c *Cores) Continue(job int32, work time.Duration) { c.Add(job, work) }

// Remove takes a job away and returns the work that it still had to do.
func (c *Cores) Remove(job int32) (left time.Duration) {
	c.advance()
	i := int(c.at[job])
	left = time.Duration(max(0, c.jobs[i].at-c.received))
	c.take(i)
	c.schedule()
	return left
}

// Has reports whether the job is here.
func (c *Cores) Has(job int32) bool { return int(job) < len(c.at) && c.at[job] >= 0 }

// Jobs is how many are here.
func (c *Cores) Jobs() int { return len(c.jobs) }

// Busy is the work done so far.
func (c *Cores) Busy() time.Duration {
	c.advance()
	return time.Duration(c.busy)
}

// rate is the share of a core that each job has.
func (c *Cores) rate() float64 {
	return min(1, c.count/float64(max(1, len(c.jobs))))
}

// advance counts what the jobs have received up to now.
func (c *Cores) advance() {
	elapsed := float64(c.sim.now - c.updated)
	c.updated = c.sim.now
	if len(c.jobs) == 0 {
		return
	}
	each := elapsed * c.rate()
	c.received += each
	c.busy += each * float64(len(c.jobs))
}

// schedule sets when the next job ends, rounded up to a nanosecond, so that it has ended then.
func (c *Cores) schedule() {
	if len(c.jobs) == 0 {
		c.received = 0 // virtual time starts anew, before it loses digits
		c.sim.Clear(c.finish)
		return
	}
	left := max(0, c.jobs[0].at-c.received) / c.rate()
	c.sim.Set(c.finish, time.Duration(left)+1)
}

// complete ends the job whose turn it is. Another that ends at the same instant does so a nanosecond later.
func (c *Cores) complete() {
	c.advance()
	job := c.jobs[0].job
	c.take(0)
	c.schedule()
	c.done(job)
}

// A finishing is a job and what each job will have received when it ends. Of those that end together the one
// that came first is first.
type finishing struct {
	at    float64
	order uint64
	job   int32
}

func (f *finishing) before(o *finishing) bool {
	return f.at < o.at || f.at == o.at && f.order < o.order
}

// finishes is a binary heap, the first to end at index 0. Where each job stands is kept in Cores.at.
type finishes []finishing

// take removes the job at index i.
func (c *Cores) take(i int) {
	last := len(c.jobs) - 1
	c.at[c.jobs[i].job] = -1
	c.jobs[i] = c.jobs[last]
	c.jobs = c.jobs[:last]
	if i == last {
		return
	}
	if i > 0 && c.jobs[i].before(&c.jobs[(i-1)/2]) {
		c.up(i)
	} else {
		c.down(i)
	}
}

func (c *Cores) up(i int) {
	f := c.jobs[i]
	for i > 0 && f.before(&c.jobs[(i-1)/2]) {
		c.put(i, c.jobs[(i-1)/2])
		i = (i - 1) / 2
	}
	c.put(i, f)
}

func (c *Cores) down(i int) {
	f := c.jobs[i]
	for {
		child := 2*i + 1
		if child >= len(c.jobs) {
			break
		}
		if child+1 < len(c.jobs) && c.jobs[child+1].before(&c.jobs[child]) {
			child++
		}
		if !c.jobs[child].before(&f) {
			break
		}
		c.put(i, c.jobs[child])
		i = child
	}
	c.put(i, f)
}

func (c *Cores) put(i int, f finishing) {
	c.jobs[i] = f
	c.at[f.job] = int32(i)
}
