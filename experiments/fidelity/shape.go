package fidelity

import (
	"fmt"
	"math"
	"strings"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
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
	At     string  `json:"at"`
	Ours   float64 `json:"ours"`     // geometric means of the runs
	Theirs float64 `json:"gunicorn"` // in the curve's unit
	Ratio  Bounds  `json:"ratio"`    // ours over gunicorn's
	Shape  Bounds  `json:"shape"`    // that ratio over the geometric mean of all points' ratios
}

// Bounds are an estimate with its 95 % interval.
type Bounds struct {
	Estimate float64 `json:"estimate"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
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
		c.Points, c.Lacks = nil, strings.TrimPrefix(err.Error(), "analysis: ")
		return c
	}
	outcomes := make([]results.Outcome, len(c.Points))
	for i, p := range c.Points {
		c.Off = max(c.Off, math.Exp(math.Abs(math.Log(p.Shape.Estimate)))-1)
		outcomes[i] = analysis.Within(p.Shape.interval(), 1/(1+margin), 1+margin)
	}
	switch analysis.All(outcomes...) {
	case results.Supported:
		c.Within = Yes
	case results.Refuted:
		c.Within = No
	case results.Inconclusive, results.Depends:
	}
	return c
}

// fill adds the points.
func (c *Curve) fill(s Scenario, took Cost, table results.Table) error {
	samples, err := s.samples(c.Figure, took, table)
	if err != nil {
		return err
	}
	fit, err := analysis.FitBlocks(samples)
	if err != nil {
		return err
	}
	for i, at := range s.At {
		ours, theirs := cell("", i), cell(Theirs, i)
		ratio, err := fit.Ratio(ours, theirs, experiments.Confidence)
		if err != nil {
			return err
		}
		shape, err := fit.Product(s.shape(i), experiments.Confidence)
		if err != nil {
			return err
		}
		c.Points = append(c.Points, Point{s.Point(at), level(samples, ours), level(samples, theirs), bounds(ratio), bounds(shape)})
	}
	return nil
}

// level is the geometric mean of a cell's runs.
func level(samples []analysis.Sample, cell string) float64 {
	var values []float64
	for _, sample := range samples {
		if sample.Cell == cell {
			values = append(values, sample.Value)
		}
	}
	return geometricMean(values)
}

// shape are the powers of the cells' levels whose product is one point's ratio over the geometric mean of
// all points' ratios.
func (s Scenario) shape(point int) map[string]float64 {
	powers := make(map[string]float64)
	for i := range s.At {
		power := -1 / float64(len(s.At))
		if i == point {
			power++
		}
		powers[cell("", i)], powers[cell(Theirs, i)] = power, -power
	}
	return powers
}

// cell names a software at a point.
func cell(system string, point int) string { return fmt.Sprintf("%s %d", system, point) }

// samples are a figure of the scenario's valid runs. There is an error where a software has none at a point.
func (s Scenario) samples(figure string, took Cost, table results.Table) (all []analysis.Sample, err error) {
	for i, at := range s.At {
		for _, system := range []string{"", Theirs} {
			trial, had := s.trial(system, at, took), len(all)
			for _, r := range table.Trials(trial.Key()).Valid() {
				if v, ok := value(figure, &r); ok {
					all = append(all, analysis.Sample{Block: r.Repetition, Cell: cell(system, i), Value: v, Step: analysis.Step(&r, figure)})
				}
			}
			if len(all) == had {
				return nil, fmt.Errorf("no valid run of %s", trial)
			}
		}
	}
	return all, nil
}

// value is a figure of a run.
func value(figure string, r *results.Record) (float64, bool) {
	switch figure {
	case median:
		return experiments.P50(r)
	case p95:
		return experiments.P95(r)
	}
	return r.Value(figure)
}

func unit(figure string) string {
	if figure == throughput {
		return "requests/s"
	}
	return "seconds"
}

func bounds(i results.Interval) Bounds { return Bounds{i.Estimate, i.Low, i.High} }

func (b Bounds) interval() results.Interval {
	return results.Interval{Estimate: b.Estimate, Low: b.Low, High: b.High, Confidence: experiments.Confidence}
}
