package results

import (
	"errors"
	"fmt"
)

// A ledger holds that the lines of a file are the records of one run, in order, each once and none missing.
type ledger struct {
	run     string // whose records they are; "": as the first says
	next    int    // order of the next record
	unread  int    // lines in a row before this one that could not be read: as many records may be theirs
	entries map[int]entry
	tries   map[try]entry
}

// An entry is where a record stands.
type entry struct {
	line int
	sum  uint32
}

// A try is what there is one measured record of.
type try struct {
	system, trial string
	repetition, n int
}

// A conflict is a record that another one stands for.
type conflict struct {
	line int  // of the other
	copy bool // the lines are the same
	what string
}

// Error implements error.
func (c *conflict) Error() string {
	if c.copy {
		return fmt.Sprintf("it is a copy of line %d", c.line)
	}
	return fmt.Sprintf("it contradicts line %d: both are %s", c.line, c.what)
}

// A gap is what is missing, or moved, before a record that is as it was written.
type gap struct{ error }

// admit enters the record of a line, or says what is wrong with it. The records of a *gap are entered all the same.
func (l *ledger) admit(line int, r *Record, s seal, isSealed bool) error {
	place := entry{line, s.sum}
	if err := l.refuse(place, r); err != nil {
		return err
	}
	if before, known := l.before(r.Order); known && isSealed && s.after != before {
		l.skip()
		return errors.New("it was not written after the line before it: lines of several runs are mixed")
	}
	missing := l.missing(r.Order)
	l.enter(place, r)
	if missing != nil {
		return &gap{missing}
	}
	return nil
}

// before is the checksum of the record before one of that order, where that is known; of the first it is 0.
func (l *ledger) before(order int) (sum uint32, known bool) {
	at, known := l.entries[order-1]
	return at.sum, known || order == 0
}

// refuse says whether the record is of another run, or is there already.
func (l *ledger) refuse(at entry, r *Record) error {
	if l.run != "" && r.Run != l.run {
		return fmt.Errorf("it is of run %q, and the others are of %q", r.Run, l.run)
	}
	if other, taken := l.entries[r.Order]; taken {
		return &conflict{other.line, other.sum == at.sum, fmt.Sprintf("number %d of the run's records", r.Order)}
	}
	if r.Origin != Measured { // models are asked again when more was measured
		return nil
	}
	if other, taken := l.tries[tryOf(r)]; taken {
		return &conflict{other.line, false, fmt.Sprintf("try %d of repetition %d of %s", r.Try, r.Repetition, r.Trial)}
	}
	return nil
}

// missing says what is not there, or elsewhere, between the record before and one of that order.
func (l *ledger) missing(order int) error {
	switch from := l.next + l.unread; {
	case order < l.next:
		return fmt.Errorf("it is number %d of the run's records and stands behind number %d: lines were moved", order, l.next-1)
	case order == from+1:
		return fmt.Errorf("number %d of the run's records is missing before it", from)
	case order > from:
		return fmt.Errorf("numbers %d to %d of the run's records, %d in all, are missing before it", from, order-1, order-from)
	}
	return nil
}

func (l *ledger) enter(at entry, r *Record) {
	if l.entries == nil {
		l.entries, l.tries = make(map[int]entry), make(map[try]entry)
	}
	l.run = r.Run
	l.entries[r.Order] = at
	if r.Origin == Measured {
		l.tries[tryOf(r)] = at
	}
	l.next, l.unread = max(l.next, r.Order+1), 0
}

// skip passes over a line that cannot be read.
func (l *ledger) skip() { l.unread++ }

func tryOf(r *Record) try { return try{r.System, r.Trial, r.Repetition, r.Try} }

// line is the next record's, newline included, with its place: enter enters it there once it is written.
func (l *ledger) line(r *Record) ([]byte, entry, error) {
	fail := func(err error) ([]byte, entry, error) {
		return nil, entry{}, fmt.Errorf("record of trial %s cannot be stored: %w", r.Trial, err)
	}
	r.Schema = Schema
	if err := r.Check(); err != nil {
		return fail(err)
	}
	if key := r.Cell.Key(); r.Trial != key {
		return fail(fmt.Errorf("that is not the key of its cell, %s", key))
	}
	after, _ := l.before(l.next)
	line, sum, err := sealed(*r, after)
	if err != nil {
		return fail(err)
	}
	at := entry{l.next + 1, sum}
	if err := errors.Join(l.refuse(at, r), l.missing(r.Order)); err != nil {
		return fail(err)
	}
	return append(line, '\n'), at, nil
}
