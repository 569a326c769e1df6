package des

import (
	"fmt"
	"time"
)

// A Sim is a clock and the events to come. The zero Sim stands at time 0 with none.
type Sim struct {
	now     time.Duration
	events  heap
	actions []func(arg int32)
	last    Ticket
	current Ticket
	stopped bool
}

// An Action is something that can be scheduled, known to one Sim (Register).
type Action uint32

// A Ticket names one scheduled event; 0 names none.
type Ticket uint64

// Register makes f an Action. What it is called with says which entity is meant.
func (s *Sim) Register(f func(arg int32)) Action {
	s.actions = append(s.actions, f)
	return Action(len(s.actions) - 1)
}

// Now is the time since the run began.
func (s *Sim) Now() time.Duration { return s.now }

// After schedules the action in d from now, at once for d ≤ 0, behind what is scheduled for that instant.
//
// Note: an event cannot be taken out again. Whoever may change his mind keeps the Ticket of the event that
// counts and compares it with Current: a stale event costs its place in the heap, and a heap that can
// delete would cost every event its index.
func (s *Sim) After(d time.Duration, a Action, arg int32) Ticket {
	return s.At(s.now+max(0, d), a, arg)
}

// At is After for a time of the clock. It panics for one that has passed: no model may change what was.
func (s *Sim) At(t time.Duration, a Action, arg int32) Ticket {
	if t < s.now {
		panic(fmt.Sprintf("des: scheduled at %v, and it is %v", t, s.now))
	}
	s.last++
	s.events.push(event{at: t, ticket: s.last, action: a, arg: arg})
	return s.last
}

// Current is the ticket of the event that takes place now.
func (s *Sim) Current() Ticket { return s.current }

// Run lets events take place until none is left, or Stop is called, or the next one is later than end. The
// clock then stands at the last event, or at end where later ones were left. It returns how many took
// place.
func (s *Sim) Run(end time.Duration) (events uint64) {
	for s.stopped = false; !s.stopped && len(s.events) > 0; events++ {
		if s.events[0].at > end {
			s.now = end
			break
		}
		e := s.events.pop()
		s.now, s.current = e.at, e.ticket
		s.actions[e.action](e.arg)
	}
	return events
}

// Stop ends Run after the event that takes place now.
func (s *Sim) Stop() { s.stopped = true }
