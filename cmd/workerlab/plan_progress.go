package main

import (
	"fmt"
	"io"
	"time"

	"github.com/workerlab/workerlab/models/capacity"
)

// A planProgress tells where a plan stands and how long it may still take.
type planProgress struct {
	line     *progressLine
	window   time.Duration
	began    time.Time
	simulate time.Time // when the simulations began
}

func newPlanProgress(w io.Writer, window time.Duration) *planProgress {
	return &planProgress{line: newProgressLine(w), window: window, began: time.Now()}
}

// around is what a run takes beside its window: a start, the warm-up, the end.
const around = 2 * time.Second

func (p *planProgress) measuring(run, of int, what string) {
	left := time.Duration(of-run+1) * (p.window + around)
	p.line.say(fmt.Sprintf("[%d/%d] %v left  measuring %s", run, of, left.Round(time.Second), what))
}

func (p *planProgress) simulating() {
	p.line.say("simulating")
	p.simulate = time.Now()
}

// simulated is told before each size: the last one may be found long before all were looked at.
func (p *planProgress) simulated(n, of int, s capacity.Size) {
	left := time.Since(p.simulate) / time.Duration(max(1, n-1)) * time.Duration(of-n+1)
	p.line.say(fmt.Sprintf("[%d/%d] at most %v left  simulating %v", n, of, left.Round(time.Second), s))
}
