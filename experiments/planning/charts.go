package planning

import (
	"fmt"
	"math"
	"slices"

	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

// quantile is the one that the figures show: that whose objective breaks first, or p99 where none has one.
func (p *Plan) quantile() (quantile float64, limit float64) {
	quantile, most := 0.99, 0.0
	for _, l := range p.Goal.Latencies {
		if share := p.tightest().Quantile(l.Quantile).Estimate / l.Limit.Seconds(); share >= most {
			quantile, limit, most = l.Quantile, l.Limit.Seconds(), share
		}
	}
	return quantile, limit
}

// tightest is what the size that is shown does where an objective first breaks, or of what is known comes nearest
// to that.
func (p *Plan) tightest() (o capacity.Outcome) {
	switch {
	case p.curve != nil:
		for _, o = range p.curve.Outcomes {
			if o.Rate >= p.curve.Breaks.Estimate {
				break
			}
		}
	case p.sizes.Best != nil:
		o = *p.sizes.Best
	case p.sizes.Nearest != nil:
		o = *p.sizes.Nearest
	}
	return o
}

func (p *Plan) quantileName() string {
	q, _ := p.quantile()
	return fmt.Sprintf("p%g", 100*q)
}

// objective is a line at the limit from one X to another, or nothing where there is none.
func (p *Plan) objective(from, to float64) []chart.Series {
	_, limit := p.quantile()
	if limit == 0 {
		return nil
	}
	y := stat.Interval{Estimate: 1e3 * limit}
	return []chart.Series{{
		Name: "objective: " + p.quantileName() + " ≤ " + stat.Format(limit, "seconds"), Kind: chart.Limit,
		X: []float64{from, to}, Y: []stat.Interval{y, y},
	}}
}

// memoryChart shows what every simulated size makes of the load, against what it takes.
func (p *Plan) memoryChart() (chart.Chart, bool) {
	q, _ := p.quantile()
	c := chart.Chart{
		ID: "plan-memory", Title: fmt.Sprintf("Predicted %s at %g requests/s against memory", p.quantileName(), p.Goal.Rate),
		XLabel: "memory (MiB)", YLabel: p.quantileName() + " of the response time (ms)", LogY: true,
		Caption: "Each mark is a size that was simulated.",
	}
	from, to := math.Inf(1), math.Inf(-1)
	add := func(name string, outcomes ...capacity.Outcome) {
		s := chart.Series{Name: name, Kind: chart.Points, Apart: true}
		for _, o := range outcomes {
			if o.Saturated {
				continue
			}
			x := o.Memory / (1 << 20)
			from, to = min(from, x), max(to, x)
			s.X, s.Y = append(s.X, x), append(s.Y, o.Quantile(q).Scaled(1e3))
		}
		if len(s.X) > 0 {
			c.Series = append(c.Series, s)
		}
	}
	named := map[capacity.Size]bool{p.sizes.Rule.Size: true}
	if p.sizes.Best != nil {
		named[p.sizes.Best.Size] = true
		add("recommended: "+p.sizes.Best.Size.String(), *p.sizes.Best)
	}
	if p.now != nil && !named[p.now.Size] {
		named[p.now.Size] = true
		add("runs now: "+p.now.Size.String(), *p.now)
	}
	for _, class := range p.Goal.Classes {
		add(class, slices.DeleteFunc(slices.Clone(p.sizes.Tried), func(o capacity.Outcome) bool { return o.Class != class || named[o.Size] })...)
	}
	if p.sizes.Best == nil || p.sizes.Best.Size != p.sizes.Rule.Size {
		add("rule 2·cores+1: "+p.sizes.Rule.Size.String(), p.sizes.Rule)
	}
	if len(c.Series) == 0 {
		return c, false
	}
	c.Series = append(c.Series, p.objective(from, to)...)
	return c, true
}

// loadChart shows one size under more and more load, and where the objective breaks.
func (p *Plan) loadChart() (chart.Chart, bool) {
	if p.curve == nil {
		return chart.Chart{}, false
	}
	q, _ := p.quantile()
	c := chart.Chart{
		ID: "plan-load", Title: fmt.Sprintf("Predicted %s of %s against the offered load", p.quantileName(), p.curve.Size),
		XLabel: "offered load (requests/s)", YLabel: p.quantileName() + " of the response time (ms)", LogY: true, Caption: p.breaks(),
	}
	s := chart.Series{Name: p.curve.Size.String(), Kind: chart.Points}
	least, most := math.Inf(1), 0.0
	for _, o := range p.curve.Outcomes {
		if o.Saturated {
			continue
		}
		y := o.Quantile(q).Scaled(1e3)
		s.X, s.Y = append(s.X, o.Rate), append(s.Y, y)
		least, most = min(least, y.Low), max(most, y.High)
	}
	if len(s.X) == 0 {
		return c, false
	}
	c.Series = append(append(c.Series, s), p.objective(s.X[0], s.X[len(s.X)-1])...)
	upright := func(name string, at float64) {
		c.Series = append(c.Series, chart.Series{
			Name: name, Kind: chart.Limit, X: []float64{at, at}, Y: []stat.Interval{{Estimate: least}, {Estimate: most}},
		})
	}
	if p.Goal.Rate <= s.X[len(s.X)-1] {
		upright(fmt.Sprintf("asked for: %g/s", p.Goal.Rate), p.Goal.Rate)
	}
	if b := p.curve.Breaks.Estimate; b > 0 && !math.IsInf(b, 1) {
		upright(fmt.Sprintf("the objective breaks: %.4g/s", b), b)
	}
	return c, true
}

// breaks says at which load the objective is no longer met.
func (p *Plan) breaks() string {
	b := p.curve.Breaks
	ceiling := fmt.Sprintf("It saturates at %.4g requests/s.", p.deployment.Ceiling(p.curve.Size).Throughput)
	switch {
	case b.Estimate == 0:
		return "The objective is met at no load. " + ceiling
	case math.IsInf(b.Estimate, 1):
		return "The objective is met at every load that was looked at. " + ceiling
	}
	bounds := fmt.Sprintf("surely met up to %.4g", b.Low)
	if b.Low == 0 {
		bounds = "surely met at no load"
	}
	if !math.IsInf(b.High, 1) {
		bounds += fmt.Sprintf(", surely not from %.4g on", b.High)
	}
	return fmt.Sprintf("The objective breaks at %.4g requests/s (%s). %s", b.Estimate, bounds, ceiling)
}
