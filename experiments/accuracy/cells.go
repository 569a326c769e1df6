package accuracy

import (
	"fmt"

	"github.com/workerlab/workerlab/models/capacity"
)

// A Handler is what the requests of a deployment demand, as /task is asked for it.
type Handler struct{ Name, Do string }

// Handlers are from work alone to mostly waiting.
func Handlers() []Handler {
	return []Handler{{"computes", "cpu:5ms"}, {"half and half", "cpu:4ms,wait:6ms"}, {"waits", "cpu:2ms,wait:20ms"}}
}

// Path is what is requested.
func (h Handler) Path() string { return "/task?do=" + h.Do }

// A Cell is a size and a load that no calibration saw. Where neither Load nor Edge is set a closed loop
// saturates it.
type Cell struct {
	capacity.Size
	Load float64 `json:",omitempty"` // share of the ceiling that arrives at random
	Edge float64 `json:",omitempty"` // of the rate from which on the objective is missed, as predicted
}

// String is the cell in few words.
func (c Cell) String() string {
	switch {
	case c.Load > 0:
		return fmt.Sprintf("%v at %.0f %%", c.Size, 100*c.Load)
	case c.Edge > 0:
		return fmt.Sprintf("%v at %.2f of the edge", c.Size, c.Edge)
	}
	return fmt.Sprintf("%v saturated", c.Size)
}

// edge is how near the rate at which an objective breaks is to be known.
const edge = 0.07

// A station is a size with the loads that are put on it, one after another.
type station struct {
	size  capacity.Size
	cells []Cell
}

// stations are those held out. Calibration has sync 1×1 and, of as many workers as there are cores, saturated
// and at 70 %; and gthread 1×4, saturated.
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
		{capacity.Size{Class: "gevent", Workers: cores, Threads: 1}, true},
	} {
		cells := []Cell{{Size: s.Size}}
		if s.open {
			cells = append(cells, Cell{Size: s.Size, Load: 0.5}, Cell{Size: s.Size, Load: 0.75},
				Cell{Size: s.Size, Edge: 1 - edge}, Cell{Size: s.Size, Edge: 1 + edge})
		}
		all = append(all, station{s.Size, cells})
	}
	return all
}

// Cells are all that are held out.
func Cells(cores int) (all []Cell) {
	for _, s := range stations(cores) {
		all = append(all, s.cells...)
	}
	return all
}
