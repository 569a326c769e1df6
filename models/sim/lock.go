package sim

import (
	"slices"
	"time"
)

// A job is something of a worker's that computes: a request, or its acceptor.
type job = int32

const nobody job = -1

const (
	// soonest and latest bound how long a thread needs to wait anew that was woken, or had to drop the lock: in the
	// traces of package giltest a hand-over took as long.
	soonest, latest = 100 * time.Microsecond, 200 * time.Microsecond
	// slack is by how much Linux lets a wait with a timeout be late (PR_SET_TIMERSLACK).
	slack = 50 * time.Microsecond
)

// A lock lets one job of a worker compute at a time.
//
// Without an interval it is an event loop: first come first served, and nobody is interrupted.
//
// With one it is CPython's interpreter lock (Python/ceval_gil.c). Whoever wants it waits for an interval at a time. If
// nobody else has got the lock meanwhile it asks for it, and waits anew, behind the others. The holder drops the lock
// at once, and does not get it back before another has had it. The one that is woken has waited longest in its
// present wait; but often the one that asked is faster (Config.Barging), and the one that was woken waits anew, too. So
// two threads may pass the lock to each other for long while others wait.
//
// A hand-over takes no time: the lock is never free while somebody wants it.
type lock struct {
	w        *world
	worker   int32
	interval time.Duration // 0: nobody is interrupted

	holder   job
	waiting  []turn        // by the beginnings of their present waits, all within an interval; short
	switched time.Duration // when the lock last went from one to another
	looking  bool          // at whether it is asked for, …
	look     time.Duration // … at this time
}

// A turn is work that somebody wants to do under the lock.
type turn struct {
	job   job
	work  time.Duration
	since time.Duration // its present wait began then
}

// compute lets the job do its work once the lock is its own.
func (l *lock) compute(j job, work time.Duration) {
	if l.holder == nobody {
		l.grant(turn{job: j, work: work})
		return
	}
	now := l.w.sim.Now()
	l.renew(now)
	l.queue(turn{j, work, now + 1}) // after a switch in this instant
	l.watch()
}

// release hands the lock to the next.
func (l *lock) release() {
	l.holder = nobody
	if len(l.waiting) == 0 {
		return
	}
	now := l.w.sim.Now()
	l.renew(now)
	l.switched = now
	l.grant(l.take(0))
	l.watch()
}

// call is a call of the holder's that is too short for another to get the lock: who is woken waits anew.
func (l *lock) call() {
	if len(l.waiting) == 0 || l.interval == 0 {
		return
	}
	l.renew(l.w.sim.Now())
	l.again(l.take(0))
	l.watch()
}

func (l *lock) grant(t turn) {
	l.holder = t.job
	l.w.workers[l.worker].run(l.w, t.job, t.work)
}

// queue lets somebody wait.
func (l *lock) queue(t turn) {
	i := len(l.waiting)
	for i > 0 && l.waiting[i-1].since > t.since {
		i--
	}
	l.waiting = slices.Insert(l.waiting, i, t)
}

// again lets somebody wait who is not yet ready to.
func (l *lock) again(t turn) {
	t.since = l.w.sim.Now() + soonest + time.Duration(l.w.chance.Int64N(int64(latest-soonest)))
	l.queue(t)
}

// take takes who is the i-th to wait out of the queue.
func (l *lock) take(i int) turn {
	t := l.waiting[i]
	l.waiting = slices.Delete(l.waiting, i, i+1)
	return t
}

// renew lets all whose interval has been over by a time wait anew.
func (l *lock) renew(by time.Duration) {
	for l.interval > 0 && len(l.waiting) > 0 && l.waiting[0].since+l.interval <= by {
		t := l.take(0)
		t.since += l.interval
		l.queue(t)
	}
}

// asked is when the lock will be asked for: when the first wait is over that begins after the last switch.
func (l *lock) asked() time.Duration {
	begin := l.waiting[0].since
	if begin <= l.switched {
		begin += l.interval
		if i := slices.IndexFunc(l.waiting, func(t turn) bool { return t.since > l.switched }); i > 0 {
			begin = min(begin, l.waiting[i].since)
		}
	}
	return begin + l.interval
}

// watch sees to it that somebody looks when the lock is asked for, or before that.
func (l *lock) watch() {
	if l.interval == 0 || len(l.waiting) == 0 {
		return
	}
	if at := l.asked(); !l.looking || at < l.look {
		l.looking, l.look = true, at
		l.w.sim.At(at, l.w.expire, l.worker)
	}
}

// expired takes the lock from its holder, if it is asked for now.
func (l *lock) expired() {
	now := l.w.sim.Now()
	if !l.looking || l.look != now {
		return
	}
	l.looking = false
	if len(l.waiting) > 0 && l.asked() == now {
		l.drop(now)
	}
	l.watch()
}

// drop hands the lock from its holder to the one that asks for it, or to the first.
func (l *lock) drop(now time.Duration) {
	l.renew(now - 1)
	asking := l.waiting[0].job
	l.renew(now)
	dropped := turn{job: l.holder, work: l.w.cores.Remove(l.holder)}
	l.w.workers[l.worker].left(l.w)
	l.switched = now
	if l.waiting[0].job == asking || l.w.chance.Float64() >= l.w.Barging {
		l.grant(l.take(0))
	} else {
		l.grant(l.take(slices.IndexFunc(l.waiting, func(t turn) bool { return t.job == asking })))
		l.again(l.take(0))
	}
	l.again(dropped)
}
