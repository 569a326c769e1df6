package main

import (
	"fmt"
	"io"
	"time"

	"github.com/workerlab/workerlab/experiments/calibrate"
	"github.com/workerlab/workerlab/experiments/planning"
	"github.com/workerlab/workerlab/models/capacity"
)

// A planProgress tells where a plan stands and how long it may still take.
type planProgress struct {
	line     *progressLine
	simulate time.Time // when the simulations began
}

func newPlanProgress(w io.Writer) *planProgress { return &planProgress{line: newProgressLine(w)} }

func (p *planProgress) watch() planning.Watch {
	return planning.Watch{Measuring: p.measuring, Simulating: p.simulated, Doing: p.line.say}
}

func (p *planProgress) measuring(at calibrate.Progress) {
	what := at.What
	if at.Try > 1 {
		what += fmt.Sprintf(" (try %d)", at.Try)
	}
	p.line.say(fmt.Sprintf("[%d/%d] %v left  measuring %s", at.Run, at.Of, at.Left.Round(time.Second), what))
}

// simulated is told before each size: the last one may be found long before all were looked at.
func (p *planProgress) simulated(n, of int, s capacity.Size) {
	if n == 1 {
		p.simulate = time.Now()
	}
	left := time.Since(p.simulate) / time.Duration(max(1, n-1)) * time.Duration(of-n+1)
	p.line.say(fmt.Sprintf("[%d/%d] at most %v left  simulating %v", n, of, left.Round(time.Second), s))
}
