package capacity

import (
	"cmp"
	"time"

	"github.com/workerlab/workerlab/models/sim"
)

// An Effort is how much a simulation looks at. Less of it is quicker, and its ranges are less sure.
type Effort struct {
	Replications int           // 0: 12
	Window       time.Duration // of each, in virtual time; 0: 40 s, or as long as 100 000 requests take to arrive
	WarmUp       time.Duration // before it; 0: an eighth of it
}

const (
	replications = 12
	window       = 40 * time.Second
	requests     = 100_000 // a thousand of them lie beyond the 99th percentile
	warmUpPart   = 8
)

func (e Effort) replications() int { return cmp.Or(e.Replications, replications) }

// of is the load for as long as is looked at it, of about so many requests a second.
func (e Effort) of(l sim.Load, rate float64) sim.Load {
	usual := min(window, time.Duration(requests/rate*float64(time.Second)))
	l.Window = cmp.Or(e.Window, usual)
	l.WarmUp = cmp.Or(e.WarmUp, l.Window/warmUpPart)
	return l
}
