package gthread

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/server/blocking"
	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/poll"
	"github.com/workerlab/workerlab/server/task"
)

// thread is one thread of the pool: it takes the next connection from the kernel's ready list, serves
// what has arrived, and parks or ends it.
func (w *worker) thread(id int) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	th := &exchange.Thread{Config: w.Conns, ID: id}
	exec := &blocking.Executor{Burner: w.Burner, Lock: w.Lock}
	perform := exec.Perform
	queue := w.ready.Share()
	var stint poll.Stint
	for {
		stint.Rest(th.Now)
		events, err := queue.Wait(poll.Forever)
		if err != nil {
			w.Log.Error("the pool's queue failed; the thread ends", "thread", id, "err", err)
			return
		}
		for _, e := range events {
			if int(e.Fd) == w.done.FD() {
				return
			}
			if c := w.table[e.Fd].Load(); c != nil && c.take() {
				w.serve(c, th, perform)
			}
		}
	}
}

func (w *worker) serve(c *conn, th *exchange.Thread, perform func(task.Op) bool) {
	th.Now = time.Now()
	if !c.fresh {
		w.parked.Add(-1)
	}
	c.fresh = false
	c.Last = w.parked.Load() >= int64(w.Settings.Connections-w.Settings.Threads)
	w.Lock.Acquire()
	open := c.One(th, perform)
	w.Lock.Release()
	w.Page.Busy.Add(int64(time.Since(th.Now)))
	if !open || !w.park(c) {
		c.end()
		w.end(c)
	}
}

// park leaves the connection to the poller, from which it comes back to whichever thread is free.
func (w *worker) park(c *conn) bool {
	w.parked.Add(1)
	c.park(w.Conns.KeepAlive)
	// From here on another thread may serve c. If the main thread has ended it meanwhile (which takes
	// it the keep-alive time), the number may be another connection's: that one is then looked at once
	// for nothing, since it is being served or about to be.
	if err := w.ready.Modify(c.FD, unix.EPOLLIN|unix.EPOLLRDHUP|unix.EPOLLONESHOT); err != nil && c.take() {
		w.parked.Add(-1)
		return false
	}
	return true
}

// end closes a connection that its caller owns.
func (w *worker) end(c *conn) {
	w.table[c.FD].Store(nil)
	_ = unix.Close(c.FD)
	w.held.Add(-1)
	w.Page.Connections.Add(-1)
	if w.heed.Load() {
		_ = w.wake.Notify()
	}
}
