package gthread

import (
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/server"
	"github.com/workerlab/workerlab/server/poll"
	"github.com/workerlab/workerlab/server/scoreboard"
)

// The main thread finds a connection overdue, and before it acts a thread serves it and parks it again:
// that is another idle spell, which has only begun.
func TestExpiryIsOfTheSpellThatWasOverdue(t *testing.T) {
	c := newConn(-1)
	c.take()
	c.park(0)
	due, idle := c.due()
	if !idle {
		t.Fatal("a parked connection is not idle")
	}
	if !c.take() {
		t.Fatal("nobody has ended it, so a thread may take it")
	}
	c.park(time.Hour)
	if c.expire(due) {
		t.Error("ended in the idle spell after the one that was overdue")
	}
	due, _ = c.due()
	if !c.expire(due) || c.take() || !c.ended() {
		t.Error("an idle connection could not be ended, or was served afterwards")
	}
}

// A thread that was told of a descriptor's former owner may take the new one, serve it to its end and
// close it before the main thread has queued it: no reason for the worker to die.
func TestAConnectionMayEndBeforeItIsQueued(t *testing.T) {
	ready, err := poll.New(1)
	if err != nil {
		t.Fatal(err)
	}
	defer ready.Close()
	w := &worker{Env: &server.Env{Page: &scoreboard.Page{}}, ready: ready, table: make([]atomic.Pointer[conn], 1<<10)}
	closed := func() *conn {
		fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
		if err != nil {
			t.Fatal(err)
		}
		_ = unix.Close(fd)
		return newConn(fd)
	}
	c := closed()
	c.take()
	if err := w.enqueue(c); err != nil {
		t.Errorf("a thread had it: %v", err)
	}
	if err := w.enqueue(closed()); err == nil {
		t.Error("nobody had it, and nobody will")
	}
}
