package sim

import (
	"time"

	"github.com/workerlab/workerlab/models/des"
)

// A job is something of a worker's that computes: a request, or its acceptor.
type job = int32

const nobody job = -1

// A lock lets one job of a worker compute at a time, first come first served. With an interval it is
// handed on when somebody has waited so long since the last hand-over; the one who had it waits again
// behind the others.
type lock struct {
	w        *world
	worker   int32
	interval time.Duration // 0: nobody is interrupted

	holder  job
	waiting []turn // first in, first out; short
	expiry  des.Ticket
}

// A turn is work that somebody wants to do under the lock. Held, the lock stays with them when it is done.
type turn struct {
	job  job
	work time.Duration
}

// compute lets the job do its work once the lock is its own.
func (l *lock) compute(j job, work time.Duration) {
	if l.holder != nobody {
		l.waiting = append(l.waiting, turn{j, work})
		if len(l.waiting) == 1 {
			l.watch()
		}
		return
	}
	l.grant(turn{j, work})
}

func (l *lock) grant(t turn) {
	l.holder = t.job
	l.w.workers[l.worker].run(l.w, t.job, t.work)
	l.watch()
}

// watch sets when the holder has to hand on.
func (l *lock) watch() {
	l.expiry = 0
	if l.interval > 0 && len(l.waiting) > 0 {
		l.expiry = l.w.sim.After(l.interval, l.w.expire, l.worker)
	}
}

// expired takes the lock from a holder that has had it for an interval while others waited.
func (l *lock) expired() {
	if l.w.sim.Current() != l.expiry || l.holder == nobody || !l.w.cores.Has(l.holder) {
		return
	}
	left := l.w.cores.Remove(l.holder)
	l.w.workers[l.worker].left(l.w)
	l.waiting = append(l.waiting, turn{l.holder, left})
	l.release()
}

// release hands the lock to the next.
func (l *lock) release() {
	l.holder = nobody
	if len(l.waiting) == 0 {
		return
	}
	next := l.waiting[0]
	l.waiting = append(l.waiting[:0], l.waiting[1:]...)
	l.grant(next)
}
