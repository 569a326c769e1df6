package accuracy

import (
	"fmt"
	"time"

	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/models/catalog"
)

// A Handler is what the requests of a deployment demand, as /task is asked for it.
type Handler struct{ Name, Do string }

// Handlers are from work alone to mostly waiting.
func Handlers() []Handler {
	return []Handler{{"computes", "cpu:5ms"}, {"half and half", "cpu:4ms,wait:6ms"}, {"waits", "cpu:2ms,wait:20ms"}}
}

// waiting is the handler that mostly waits.
func waiting() Handler { return Handlers()[2] }

// Path is what is requested.
func (h Handler) Path() string { return "/task?do=" + h.Do }

// A Cell is a size and a load that no calibration saw. Where neither Load nor Edge is set a closed loop
// saturates it.
type Cell struct {
	capacity.Size
	Load float64 `json:",omitempty"` // share of the ceiling that arrives at random
	Edge float64 `json:",omitempty"` // of the rate from which on the objective is missed, as predicted
	// Background are clients beside that have a thread compute without a pause, by the handler that waits.
	Background int `json:",omitempty"`
}

// String is the cell in few words.
func (c Cell) String() string {
	switch {
	case c.Background > 0:
		return fmt.Sprintf("%v at %.0f %%, %d computing beside", c.Size, 100*c.Load, c.Background)
	case c.Load > 0:
		return fmt.Sprintf("%v at %.0f %%", c.Size, 100*c.Load)
	case c.Edge > 0:
		return fmt.Sprintf("%v at %.2f of the edge", c.Size, c.Edge)
	}
	return fmt.Sprintf("%v saturated", c.Size)
}

// about is how far from the rate at which an objective is predicted to break it is measured.
const about = 0.12

// A station is a size with the loads that are put on it, one after another.
type station struct {
	size  capacity.Size
	cells []Cell
}

// stations are those held out. Calibration has sync 1×1, saturated, and gthread 1×4 and sync and gevent of as many
// workers as there are cores, saturated and at 70 %.
func stations(cores int) (all []station) {
	for _, s := range []struct {
		capacity.Size
		open bool
	}{
		{capacity.Size{Class: "sync", Workers: cores + 1, Threads: 1}, false},
		{capacity.Size{Class: "sync", Workers: 2 * cores, Threads: 1}, true},
		{capacity.Size{Class: "gthread", Workers: 1, Threads: 2}, false},
		{capacity.Size{Class: "gthread", Workers: 1, Threads: 8}, true},
		{capacity.Size{Class: "gthread", Workers: cores, Threads: 2}, false},
		{capacity.Size{Class: "gthread", Workers: cores, Threads: 4}, true},
		{capacity.Size{Class: "gevent", Workers: cores + 1, Threads: 1}, true},
	} {
		cells := []Cell{{Size: s.Size}}
		if s.open {
			cells = append(cells, Cell{Size: s.Size, Load: 0.5}, Cell{Size: s.Size, Load: 0.75},
				Cell{Size: s.Size, Edge: 1 - about}, Cell{Size: s.Size, Edge: 1 + about})
		}
		all = append(all, station{s.Size, cells})
	}
	return append(all, convoy())
}

// convoy is a size whose threads that compute delay those that wait, by how often these take the lock.
func convoy() station {
	s := station{size: capacity.Size{Class: catalog.Threaded().Name, Workers: 1, Threads: 9}}
	for n := range 5 {
		s.cells = append(s.cells, Cell{Size: s.size, Load: 0.04, Background: n})
	}
	return s
}

// open reports whether it is put under loads of which one breaks the objective.
func (s station) open() bool { return s.cells[len(s.cells)-1].Edge > 0 }

// of reports whether the station is measured with a handler.
func (s station) of(h Handler) bool { return s.size != convoy().size || h == waiting() }

// What the background load asks for, and how long that computes.
const (
	backgroundPath = "/task?do=cpu:300ms"
	working        = 300 * time.Millisecond
)

// Cells are all that are held out.
func Cells(cores int) (all []Cell) {
	for _, s := range stations(cores) {
		all = append(all, s.cells...)
	}
	return all
}

// speaks reports whether it is the cell of its size that tells where the objective breaks: the one below the edge.
func (c Cell) speaks() bool { return c.Edge > 0 && c.Edge < 1 }

func (c Cell) saturated() bool { return c.Load == 0 && c.Edge == 0 }
