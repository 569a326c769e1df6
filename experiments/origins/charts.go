package origins

import (
	"fmt"
	"math"
	"strings"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/regress"
	"github.com/workerlab/workerlab/results/stat"
)

// The names of the series, which are the same in every figure.
const (
	measuredName  = "measured"
	simulatedName = "simulated"
	predictedName = "closed form"
)

func nameOf(origin string) string {
	return map[string]string{results.Measured: measuredName, results.Simulated: simulatedName, results.Predicted: predictedName}[origin]
}

// Charts draw what each origin says of an experiment's trials in a profile, and under it by how much they
// differ, over the axis that the experiment's own charts have. There are none where trials were measured
// alone.
func Charts(e experiments.Experiment, p trial.Profile, table results.Table) (all []chart.Chart) {
	against := base(table)
	columns := columnsOf(compare(table, keysOf(e.Trials(p)), against), e.Axes)
	for len(columns) > 0 {
		chunk := columns[:abreast(columns)]
		columns = columns[len(chunk):]
		c := figureOf(chunk, against)
		c.ID = "origins-" + strings.ReplaceAll(e.Name(), "@", "-")
		all = append(all, c)
	}
	if len(all) > 1 {
		for i := range all {
			all[i].ID += fmt.Sprintf("-%d", i+1)
		}
	}
	return all
}

// figureOf is a figure of some columns: below each what lies between its origins, if it has several.
func figureOf(columns []column, against string) chart.Chart {
	simulated, predicted := false, false
	for _, col := range columns {
		for _, cell := range col.cells {
			simulated = simulated || len(cell.models[results.Simulated]) > 0
			predicted = predicted || len(cell.models[results.Predicted]) > 0
		}
	}
	c := titled(against, simulated, predicted)
	for _, col := range columns {
		c.Panels = append(c.Panels, col.levels(against))
		if simulated || predicted {
			c.Rows, c.Panels = 2, append(c.Panels, col.residuals(against))
		}
	}
	return c
}

// titled is a figure that says what it shows.
func titled(against string, simulated, predicted bool) chart.Chart {
	if against == results.Simulated {
		c := chart.Chart{Title: "Simulated", Caption: "What the server itself computes for a request is taken as nothing: no measured run counts."}
		if predicted {
			c.Title = "Simulated and in closed form; below, how far apart"
		}
		return c
	}
	c := chart.Chart{
		Title:   "Measured, simulated and in closed form; below, how far apart",
		Caption: "What the server itself computes for a request is known to both models from the busiest measured cell of its class, load and cores.",
	}
	switch {
	case !predicted:
		c.Title = "Measured and simulated; below, how far apart"
	case !simulated:
		c.Title = "Measured and in closed form; below, how far apart"
	}
	return c
}

// abreast is how many of the columns find room in one figure: names need more than numbers.
func abreast(columns []column) int {
	names := 0
	for i, c := range columns {
		if names += len(c.names); i == 3 || i > 0 && names > mostNames {
			return i
		}
	}
	return len(columns)
}

// A column is some trials over one axis, or side by side, with one kind of figure.
type column struct {
	title string
	axis  string   // of numbers; "": names
	names []string // of the cells
	cells []compared
}

func (c column) closed() bool { return c.cells[0].closed() }

// x is where cell i stands.
func (c column) x(i int) float64 {
	if c.axis == "" {
		return float64(i)
	}
	n, _ := c.cells[i].cell.Number(c.axis)
	return n
}

// value is the figure that is drawn: what the server does with a load that it sets the pace of, and how
// long it takes where it does not.
func (c column) value() (of figure, scale float64) {
	if c.closed() {
		return throughput, 1
	}
	return meanResponse, 1e3
}

// frame is a panel without its series.
func (c column) frame() chart.Chart {
	return chart.Chart{XLabel: axisName(c.axis), Categories: c.names}
}

// levels is the upper panel: what each origin says.
func (c column) levels(against string) chart.Chart {
	figure := c.frame()
	figure.Title = c.title
	if figure.YLabel = "throughput (requests/s)"; !c.closed() {
		figure.YLabel = "mean response time (ms)"
	}
	of, scale := c.value()
	figure.Series = append(figure.Series, c.series(against, of, scale, chart.Points))
	for _, origin := range modelsBeside(against) {
		if s := c.series(origin, of, scale, chart.Line); len(s.X) > 0 {
			s.Like = residualName(against, origin)
			figure.Series = append(figure.Series, s)
		}
	}
	return figure
}

func (c column) series(origin string, of figure, scale float64, kind chart.Kind) chart.Series {
	s := chart.Series{Name: nameOf(origin), Kind: kind}
	for i := range c.cells {
		records := c.cells[i].base
		if kind == chart.Line {
			records = c.cells[i].models[origin]
		}
		var runs []float64
		for k := range records {
			if v, ok := of(&records[k]); ok {
				runs = append(runs, v)
			}
		}
		if len(runs) == 0 {
			continue
		}
		mean, raw := judge.Bar(runs, func(v float64) float64 { return v * scale })
		s.X, s.Y = append(s.X, c.x(i)), append(s.Y, mean)
		if kind == chart.Points {
			s.Raw = append(s.Raw, raw)
		}
	}
	return s
}

// residuals is the lower panel: by how many per cent the base lies above each model.
func (c column) residuals(against string) chart.Chart {
	figure := c.frame()
	if figure.YLabel = "measured above the model (%)"; against == results.Simulated {
		figure.YLabel = "simulated above the closed form (%)"
	}
	of, _ := c.value()
	for _, origin := range modelsBeside(against) {
		s := chart.Series{Name: residualName(against, origin)}
		var samples []regress.Sample
		for i := range c.cells {
			samples = append(samples, c.cells[i].over(origin, of)...)
		}
		all := intervals(samples)
		for i := range c.cells {
			if quotient, ok := all[c.cells[i].key]; ok {
				s.X, s.Y = append(s.X, c.x(i)), append(s.Y, above(quotient))
			}
		}
		if len(s.X) > 0 {
			figure.Series = append(figure.Series, s)
		}
	}
	figure.FromTo = around(figure.Series)
	return figure
}

func residualName(against, origin string) string {
	switch {
	case against == results.Simulated:
		return "simulated against closed form"
	case origin == results.Predicted:
		return "measured against closed form"
	}
	return "measured against simulated"
}

// above is a quotient as per cent above 1.
func above(q stat.Interval) stat.Interval {
	per := func(v float64) float64 { return 100 * (v - 1) }
	q.Estimate = per(q.Estimate)
	if q.Confidence > 0 {
		q.Low, q.High = per(q.Low), per(q.High)
	}
	return q
}

// around are the ends of an axis around zero that holds the estimates, and of their bars as much as leaves
// the estimates to be seen.
func around(series []chart.Series) [2]float64 {
	const least, room, bars = 5, 1.15, 3
	var estimates, ends float64
	for _, s := range series {
		for _, y := range s.Y {
			estimates = max(estimates, math.Abs(y.Estimate))
			if y.Confidence > 0 {
				ends = max(ends, math.Abs(y.Low), math.Abs(y.High))
			}
		}
	}
	limit := max(least, room*max(estimates, min(ends, bars*max(estimates, least))))
	return [2]float64{max(-limit, -100), limit}
}

// axisName is an axis in words.
func axisName(axis string) string {
	switch axis {
	case "workers", "threads", "clients":
		return axis
	}
	return strings.ReplaceAll(axis, "_", " ")
}
