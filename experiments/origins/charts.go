package origins

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
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
// differ, over the axis that the experiment's own charts have. There are none without a model's records.
func Charts(e experiments.Experiment, p experiments.Profile, table results.Table) (all []analysis.Chart) {
	against := base(table)
	columns := columnsOf(compare(table, keysOf(e.Trials(p), table), against), e.Axes)
	for chunk := range slices.Chunk(columns, abreast(columns)) {
		c := analysis.Chart{ID: "origins-" + strings.ReplaceAll(e.Name(), "@", "-"), Rows: 2}
		c.Title, c.Caption = titles(against)
		for _, col := range chunk {
			c.Panels = append(c.Panels, col.levels(against), col.residuals(against))
		}
		all = append(all, c)
	}
	if len(all) > 1 {
		for i := range all {
			all[i].ID += fmt.Sprintf("-%d", i+1)
		}
	}
	return all
}

func titles(against string) (title, caption string) {
	if against == results.Simulated {
		c := analysis.Chart{
			Title:   "The same trials simulated and in closed form, and what lies between",
			Caption: "What the server itself computes for a request is taken as nothing: no run was measured.",
		}
		return c.Title, c.Caption
	}
	c := analysis.Chart{
		Title:   "The same trials measured, simulated and in closed form, and what lies between",
		Caption: "What the server itself computes for a request is known to both models from the busiest measured cell of its class, load and cores.",
	}
	return c.Title, c.Caption
}

// abreast is how many columns a figure has: categories need room.
func abreast(columns []column) int {
	most := 0
	for _, c := range columns {
		most = max(most, len(c.names))
	}
	switch {
	case most > 4:
		return 1
	case most > 0:
		return 2
	}
	return 3
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
func (c column) frame() analysis.Chart {
	return analysis.Chart{XLabel: axisName(c.axis), Categories: c.names}
}

// levels is the upper panel: what each origin says.
func (c column) levels(against string) analysis.Chart {
	chart := c.frame()
	chart.Title = c.title
	if chart.YLabel = "throughput (requests/s)"; !c.closed() {
		chart.YLabel = "mean response time (ms)"
	}
	of, scale := c.value()
	chart.Series = append(chart.Series, c.series(against, of, scale, analysis.Points))
	for _, origin := range modelsBeside(against) {
		if s := c.series(origin, of, scale, analysis.Line); len(s.X) > 0 {
			s.Like = residualName(against, origin)
			chart.Series = append(chart.Series, s)
		}
	}
	return chart
}

func (c column) series(origin string, of figure, scale float64, kind analysis.Kind) analysis.Series {
	s := analysis.Series{Name: nameOf(origin), Kind: kind}
	for i := range c.cells {
		records := c.cells[i].base
		if kind == analysis.Line {
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
		mean, raw := experiments.Bar(runs, func(v float64) float64 { return v * scale })
		s.X, s.Y = append(s.X, c.x(i)), append(s.Y, mean)
		if kind == analysis.Points {
			s.Raw = append(s.Raw, raw)
		}
	}
	return s
}

// residuals is the lower panel: by how many per cent the base lies above each model.
func (c column) residuals(against string) analysis.Chart {
	chart := c.frame()
	if chart.YLabel = "measured beyond the model (%)"; against == results.Simulated {
		chart.YLabel = "simulated beyond the closed form (%)"
	}
	of, _ := c.value()
	for _, origin := range modelsBeside(against) {
		s := analysis.Series{Name: residualName(against, origin)}
		var samples []analysis.Sample
		for i := range c.cells {
			samples = append(samples, c.cells[i].over(origin, of)...)
		}
		all := intervals(samples)
		for i := range c.cells {
			if quotient, ok := all[c.cells[i].key]; ok {
				s.X, s.Y = append(s.X, c.x(i)), append(s.Y, beyond(quotient))
			}
		}
		if len(s.X) > 0 {
			chart.Series = append(chart.Series, s)
		}
	}
	chart.FromTo = around(chart.Series)
	return chart
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

// beyond is a quotient as per cent above 1.
func beyond(q results.Interval) results.Interval {
	per := func(v float64) float64 { return 100 * (v - 1) }
	q.Estimate = per(q.Estimate)
	if q.Confidence > 0 {
		q.Low, q.High = per(q.Low), per(q.High)
	}
	return q
}

// around are the ends of an axis around zero that holds the estimates, and of their bars as much as leaves
// the estimates to be seen.
func around(series []analysis.Series) [2]float64 {
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

// columnsOf sorts cells into columns. One axis of numbers is found that every kind of cell has several levels
// of; where there is none the cells stand side by side.
func columnsOf(cells []compared, axes []string) []column {
	if len(cells) == 0 {
		return nil
	}
	varied := variedAxes(cells, axes)
	if best := numericAxis(cells, axes, varied); best != "" {
		return overAxis(cells, best, varied)
	}
	return byName(cells, varied)
}

// variedAxes are those by which the cells can be told apart: the experiment's own as far as they vary, and
// others that are needed besides.
func variedAxes(cells []compared, axes []string) (varied []string) {
	for _, axis := range axes {
		if len(levelsOf(cells, axis)) > 1 {
			varied = append(varied, axis)
		}
	}
	var others []string
	for axis := range cells[0].cell {
		if !slices.Contains(axes, axis) && len(levelsOf(cells, axis)) > 1 {
			others = append(others, axis)
		}
	}
	slices.Sort(others)
	for _, axis := range others {
		if distinct(cells, varied) == len(cells) {
			break
		}
		if with := append(slices.Clone(varied), axis); distinct(cells, with) > distinct(cells, varied) {
			varied = with
		}
	}
	return varied
}

func levelsOf(cells []compared, axis string) []any {
	var t results.Table
	for _, c := range cells {
		t = append(t, c.base[0])
	}
	return t.Levels(axis)
}

func distinct(cells []compared, axes []string) int {
	names := make(map[string]bool)
	for _, c := range cells {
		names[experiments.Named(c.cell, axes...)] = true
	}
	return len(names)
}

// kindOf names what a cell has in common with the others of its column.
func kindOf(c *compared, varied []string, but string) string {
	others := slices.DeleteFunc(slices.Clone(varied), func(axis string) bool { return axis == but })
	return fmt.Sprintf("%t %s", c.closed(), experiments.Named(c.cell, others...))
}

// numericAxis is the experiment's axis of numbers over which the cells fall into the fewest kinds, of several
// levels each; "" if there is none.
func numericAxis(cells []compared, axes, varied []string) (best string) {
	fewest := math.MaxInt
	for _, axis := range axes {
		if !slices.Contains(varied, axis) {
			continue
		}
		count := make(map[string]int)
		numbers := true
		for i := range cells {
			_, ok := cells[i].cell.Number(axis)
			numbers = numbers && ok
			count[kindOf(&cells[i], varied, axis)]++
		}
		lone := false
		for _, n := range count {
			lone = lone || n < 2
		}
		if numbers && !lone && len(count) < fewest {
			best, fewest = axis, len(count)
		}
	}
	return best
}

func overAxis(cells []compared, axis string, varied []string) (columns []column) {
	at := make(map[string]int)
	for _, c := range cells {
		kind := kindOf(&c, varied, axis)
		i, known := at[kind]
		if !known {
			i = len(columns)
			at[kind] = i
			others := slices.DeleteFunc(slices.Clone(varied), func(a string) bool { return a == axis })
			columns = append(columns, column{axis: axis, title: label(c.cell, others)})
		}
		columns[i].cells = append(columns[i].cells, c)
	}
	for i := range columns {
		c := &columns[i]
		slices.SortStableFunc(c.cells, func(a, b compared) int {
			x, _ := a.cell.Number(axis)
			y, _ := b.cell.Number(axis)
			return cmp.Compare(x, y)
		})
	}
	return columns
}

// mostNames is how many cells stand side by side in one panel.
const mostNames = 9

func byName(cells []compared, varied []string) (columns []column) {
	for _, closed := range []bool{true, false} {
		var some []compared
		for _, c := range cells {
			if c.closed() == closed {
				some = append(some, c)
			}
		}
		parts := (len(some) + mostNames - 1) / mostNames
		for i := range parts { // of about equal size
			part := column{cells: some[i*len(some)/parts : (i+1)*len(some)/parts]}
			for _, c := range part.cells {
				part.names = append(part.names, label(c.cell, varied))
			}
			columns = append(columns, part)
		}
	}
	return columns
}

// label is a cell by some of its axes, in few words that are the same in every language.
func label(cell results.Cell, axes []string) string {
	has := func(axis string) bool { return slices.Contains(axes, axis) }
	var parts []string
	if has("class") {
		parts = append(parts, results.Text(cell["class"]))
	}
	if has("class") && (has("workers") || has("threads")) {
		parts = append(parts, results.Text(cell["workers"])+"×"+results.Text(cell["threads"]))
	}
	for _, axis := range axes {
		value := results.Text(cell[axis])
		switch {
		case axis == "class", has("class") && (axis == "workers" || axis == "threads"):
		case axis == "gil":
			if value == "true" {
				parts = append(parts, "gil")
			}
		case axis == "do", axis == "arrivals":
			parts = append(parts, value)
		default:
			parts = append(parts, axis+"="+value)
		}
	}
	return strings.Join(parts, " ")
}
