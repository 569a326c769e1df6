package des

import (
	"fmt"
	"math"
	"time"
)

// A Sim is a clock and the events to come. The zero Sim stands at time 0 with none.
type Sim struct {
	now     time.Duration
	events  heap
	timers  []event // set for never where they are not running
	first   Timer   // to run out
	due     event   // what it was set for; its ticket is 0 where no timer is running
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

// A Timer is an event of which there is one at most, known to one Sim (NewTimer).
type Timer int

// never is what a timer that is not running is set for.
const never = time.Duration(math.MaxInt64)

// NewTimer makes a timer that calls f, and is not yet running.
//
// Note: it is for what is put off again and again, such as the end of a job on shared cores, which moves with
// every other job that comes or goes: as events of the heap, all but one of them stale, those were a third of
// a simulation's time. Each timer is looked at whenever one is set, so there should be few.
func (s *Sim) NewTimer(f func()) Timer {
	s.timers = append(s.timers, event{at: never, action: s.Register(func(int32) { f() })})
	s.look()
	return Timer(len(s.timers) - 1)
}

// Set lets the timer run out in d from now, and not when it was set for before. It has its place among the events
// of that instant as if it had been scheduled by After.
func (s *Sim) Set(t Timer, d time.Duration) {
	s.last++
	s.timers[t].at, s.timers[t].ticket = s.now+max(0, d), s.last
	s.look()
}

// Clear lets the timer not run out.
func (s *Sim) Clear(t Timer) {
	s.timers[t].at, s.timers[t].ticket = never, 0
	s.look()
}

// look finds the timer that runs out first.
func (s *Sim) look() {
	s.first, s.due = 0, s.timers[0]
	for i := 1; i < len(s.timers); i++ {
		if s.timers[i].before(&s.due) {
			s.first, s.due = Timer(i), s.timers[i]
		}
	}
}

// Current is the ticket of the event that takes place now.
func (s *Sim) Current() Ticket { return s.current }

// Run lets events take place until none is left, or Stop is called, or the next one is later than end. The
// clock then stands at the last event, or at end where later ones were left. It returns how many took
// place.
func (s *Sim) Run(end time.Duration) (events uint64) {
	for s.stopped = false; !s.stopped; events++ {
		e, scheduled := s.due, false
		if len(s.events) > 0 && (e.ticket == 0 || s.events[0].before(&e)) {
			e, scheduled = s.events[0], true
		}
		if e.ticket == 0 {
			break
		}
		if e.at > end {
			s.now = end
			break
		}
		if scheduled {
			s.events.pop()
		} else {
			s.Clear(s.first)
		}
		s.now, s.current = e.at, e.ticket
		s.actions[e.action](e.arg)
	}
	return events
}

// Stop ends Run after the event that takes place now.
func (s *Sim) Stop() { s.stopped = true }
