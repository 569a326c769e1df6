package capacity

import (
	"cmp"
	"time"

	"github.com/workerlab/workerlab/models/sim"
)

// An Effort is how much a simulation looks at. Less of it is quicker, and its ranges are less sure.
type Effort struct {
	Replications int           // 0: 12
	Window       time.Duration // of each, in virtual time; 0: 40 s
	WarmUp       time.Duration // before it; 0: an eighth of it
}

const (
	replications = 12
	window       = 40 * time.Second
	warmUpPart   = 8
)

func (e Effort) replications() int { return cmp.Or(e.Replications, replications) }

// of is the load for as long as is looked at it.
func (e Effort) of(l sim.Load) sim.Load {
	l.Window = cmp.Or(e.Window, window)
	l.WarmUp = cmp.Or(e.WarmUp, l.Window/warmUpPart)
	return l
}
