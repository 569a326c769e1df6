package fidelity

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/regress"
	"github.com/workerlab/workerlab/results/stat"
)

// The figures of a run that are compared.
const (
	throughput = "throughput"
	median     = "median"
	p95        = "p95"
)

// A Curve is one figure of a scenario along its axis, on both servers.
type Curve struct {
	Scenario string  `json:"scenario"`
	Axis     Axis    `json:"axis"`
	Figure   string  `json:"figure"`
	Unit     string  `json:"unit"`
	Points   []Point `json:"points,omitempty"`
	// Off is the greatest factor, less one, by which a point of one curve is off the other's once each is
	// divided by its own geometric mean.
	Off    float64 `json:"off"`
	Within Answer  `json:"within_10_percent"`
	Lacks  string  `json:"lacks,omitempty"` // why there are no points
}

// A Point is a point of a curve.
type Point struct {
	At     string        `json:"at"`
	Ours   float64       `json:"ours"`     // geometric means of the runs
	Theirs float64       `json:"gunicorn"` // in the curve's unit
	Ratio  stat.Interval `json:"ratio"`    // ours over gunicorn's
	Shape  stat.Interval `json:"shape"`    // that ratio over the geometric mean of all points' ratios
	Runs   []Pair        `json:"runs"`
}

// A Pair is what both servers came to in a block. They were asked for the same, which in the next block was
// something else: so their quotient is what is judged.
type Pair struct {
	Block  int     `json:"block"`
	Ours   float64 `json:"ours"`
	Theirs float64 `json:"gunicorn"`

	step float64 // in which both were counted
}

// An Answer says whether something holds.
type Answer string

// The answers.
const (
	Yes       Answer = "yes"
	No        Answer = "no"
	Undecided Answer = "undecided" // the interval holds the bound, or there are too few runs
)

// margin is how far off a curve may be.
const margin = 0.10

// curve judges a figure of a scenario by the valid records of its trials. A point is within the margin if
// its whole interval is, the curve if all its points are; it is not if one is wholly outside.
func (s Scenario) curve(figure string, took Cost, table results.Table) Curve {
	c := Curve{Scenario: s.String(), Axis: s.Axis, Figure: figure, Unit: unit(figure), Within: Undecided}
	if err := c.fill(s, took, table); err != nil {
		c.Points, c.Lacks = nil, strings.TrimPrefix(err.Error(), "stat: ")
		return c
	}
	outcomes := make([]results.Outcome, len(c.Points))
	for i, p := range c.Points {
		c.Off = max(c.Off, math.Exp(math.Abs(math.Log(p.Shape.Estimate)))-1)
		outcomes[i] = results.Within(p.Shape, 1/(1+margin), 1+margin)
	}
	switch results.All(outcomes...) {
	case results.Supported:
		c.Within = Yes
	case results.Refuted:
		c.Within = No
	case results.Inconclusive, results.Depends:
	}
	return c
}

// fill adds the points. Their quotients are fitted by point and block.
func (c *Curve) fill(s Scenario, took Cost, table results.Table) error {
	var quotients []regress.Sample
	for _, at := range s.At {
		pairs := s.pairs(c.Figure, at, took, table)
		if len(pairs) == 0 {
			return fmt.Errorf("no block with valid runs of both at %s", s.Point(at))
		}
		point := Point{At: s.Point(at), Runs: pairs, Ours: 1, Theirs: 1}
		for _, p := range pairs {
			quotients = append(quotients, p.quotient(point.At))
			point.Ours *= math.Pow(p.Ours, 1/float64(len(pairs)))
			point.Theirs *= math.Pow(p.Theirs, 1/float64(len(pairs)))
		}
		c.Points = append(c.Points, point)
	}
	fit, err := regress.FitBlocks(quotients)
	if err != nil {
		return err
	}
	for i := range c.Points {
		if c.Points[i].Ratio, err = bounds(fit.Mean(c.Points[i].At)); err != nil {
			return err
		}
		if c.Points[i].Shape, err = bounds(fit.Product(c.shape(i))); err != nil {
			return err
		}
	}
	return nil
}

// shape are the powers of all points' ratios whose product is one of them over their geometric mean.
func (c *Curve) shape(point int) map[string]float64 {
	powers := make(map[string]float64)
	for i := range c.Points {
		powers[c.Points[i].At] = -1 / float64(len(c.Points))
	}
	powers[c.Points[point].At]++
	return powers
}

// quotient is the pair as a sample of the point's ratio.
func (p Pair) quotient(point string) regress.Sample {
	value := p.Ours / p.Theirs
	return regress.Sample{Block: p.Block, Cell: point, Value: value, Step: value * math.Hypot(p.step/p.Ours, p.step/p.Theirs)}
}

// pairs are a figure at a point in the blocks in which both servers have a valid run.
func (s Scenario) pairs(figure string, at float64, took Cost, table results.Table) (pairs []Pair) {
	theirs := table.Trials(s.trial(Theirs, at, took).Key()).Valid()
	for _, our := range table.Trials(s.trial("", at, took).Key()).Valid() {
		i := slices.IndexFunc(theirs, func(r results.Record) bool { return r.Repetition == our.Repetition })
		if i < 0 {
			continue
		}
		x, okX := value(figure, &our)
		y, okY := value(figure, &theirs[i])
		if okX && okY {
			pairs = append(pairs, Pair{our.Repetition, x, y, our.Step(figure)})
		}
	}
	return pairs
}

// value is a figure of a run.
func value(figure string, r *results.Record) (float64, bool) {
	switch figure {
	case median:
		return judge.P50(r)
	case p95:
		return judge.P95(r)
	}
	return r.Value(figure)
}

func unit(figure string) string {
	if figure == throughput {
		return "requests/s"
	}
	return "seconds"
}

// bounds are the estimate's, at the confidence of verdicts.
func bounds(e stat.Estimate, err error) (stat.Interval, error) {
	if err != nil {
		return stat.Interval{}, err
	}
	return e.Interval(judge.Confidence)
}
