package gthread

import (
	"testing"
	"time"
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
