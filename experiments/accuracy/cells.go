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

// A Cell is a size and a load that no calibration saw.
type Cell struct {
	capacity.Size
	Load float64 // share of the ceiling that arrives at random; 0: saturated by a closed loop
}

// String is the cell in few words.
func (c Cell) String() string {
	if c.Load == 0 {
		return fmt.Sprintf("%v saturated", c.Size)
	}
	return fmt.Sprintf("%v at %.0f %%", c.Size, 100*c.Load)
}

// Cells are those held out. Calibration has sync 1×1 and, of as many workers as there are cores, saturated
// and at 70 %; and gthread 1×4, saturated.
func Cells(cores int) (all []Cell) {
	for _, s := range []capacity.Size{
		{Class: "sync", Workers: cores + 1, Threads: 1},
		{Class: "sync", Workers: 2 * cores, Threads: 1},
		{Class: "gthread", Workers: 1, Threads: 2},
		{Class: "gthread", Workers: 1, Threads: 8},
		{Class: "gthread", Workers: cores, Threads: 2},
		{Class: "gthread", Workers: cores, Threads: 4},
	} {
		all = append(all, Cell{Size: s})
	}
	for _, s := range []capacity.Size{
		{Class: "sync", Workers: 2 * cores, Threads: 1}, {Class: "gthread", Workers: 1, Threads: 8}, {Class: "gthread", Workers: cores, Threads: 4},
	} {
		for _, load := range []float64{0.5, 0.75} {
			all = append(all, Cell{s, load})
		}
	}
	return all
}
