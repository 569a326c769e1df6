package capacity

import (
	"context"
	"math"

	"github.com/workerlab/workerlab/results/stat"
)

// A Curve is what one size makes of more and more load, up to its ceiling.
type Curve struct {
	Size
	Outcomes []Outcome // by rising rate
	// Breaks is the load, in requests/s, from which on the goal is not met: by the figures themselves, by
	// their upper bounds (Low) and by their lower ones (High). 0: at no load is it met. +Inf: at every load
	// looked at.
	Breaks stat.Interval
}

// steps are the loads of a curve, as shares of the ceiling: closer where the response time grows fast.
var steps = []float64{0.1, 0.2, 0.35, 0.5, 0.6, 0.7, 0.8, 0.86, 0.91, 0.95, 0.98}

// Curve simulates a size under load after load, which is like l at other rates, and finds where the goal breaks.
func (d *Deployment) Curve(ctx context.Context, s Size, l Load, g Goal, seed uint64) (Curve, error) {
	c := Curve{Size: s}
	ceiling := d.Ceiling(s).Throughput
	for _, share := range steps {
		l.Rate = share * ceiling
		o, err := d.PredictLoad(ctx, s, l, seed)
		if err != nil {
			return c, err
		}
		c.Outcomes = append(c.Outcomes, o)
	}
	c.Breaks = stat.Interval{
		Estimate: c.breaks(g, func(r stat.Interval) float64 { return r.Estimate }),
		Low:      c.breaks(g, upper),
		High:     c.breaks(g, func(r stat.Interval) float64 { return r.Low }),
	}
	return c, nil
}

// breaks is the load at which one bound of the figures first exceeds the goal: between two loads that were
// simulated the excess is taken for a line in the logarithm.
func (c Curve) breaks(g Goal, bound func(stat.Interval) float64) float64 {
	for i, o := range c.Outcomes {
		now := g.excessBy(o, bound)
		if now <= 1 {
			continue
		}
		if i == 0 {
			return 0
		}
		before := c.Outcomes[i-1]
		was := g.excessBy(before, bound)
		if was <= 0 || math.IsInf(now, 0) {
			return before.Rate
		}
		part := math.Log(1/was) / math.Log(now/was)
		return before.Rate + part*(o.Rate-before.Rate)
	}
	return math.Inf(1)
}
