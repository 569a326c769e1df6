package report

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// A figureView is a figure as the page shows it: a legend, drawings, the same data as tables, and as
// something that can be zoomed.
type figureView struct {
	ID, File       string
	Title, Caption string
	Key            text.Message
	Legend         []sampleView
	Rows           int // of panels, one column after the other; 0: one
	Panels         []panelView
	Plot           []plot // of the panels that can be zoomed; nil: none
	Tables         []table
}

type sampleView struct {
	Name    string
	Picture template.HTML
}

type panelView struct {
	Title string
	SVG   template.HTML
	Plot  int // its place among the figure's plots; −1: it cannot be zoomed
}

func newFigure(f *Figure, korean text.Catalogue) (figureView, error) {
	c := &f.Chart
	translated := c.Translated(korean.Text)
	english, err := c.Inline()
	if err != nil {
		return figureView{}, err
	}
	second, err := translated.Inline()
	if err != nil {
		return figureView{}, err
	}
	v := figureView{ID: "figure-" + anchor(c.ID), File: f.File, Title: c.Title, Caption: c.Caption, Key: c.Key(), Rows: c.Rows}
	for _, s := range c.Legend() {
		v.Legend = append(v.Legend, sampleView{s.Name, svg("sample", s.Drawing, s.Drawing)})
	}
	for i, figure := range panelsOf(c) {
		place := -1
		if zoomable(&figure) {
			place = len(v.Plot)
			v.Plot = append(v.Plot, newPlot(&figure, c.Legend(), korean))
		}
		v.Panels = append(v.Panels, panelView{english[i].Title, svg("chart", english[i], second[i]), place})
		v.Tables = append(v.Tables, newTable(&figure))
	}
	return v, nil
}

func panelsOf(c *chart.Chart) []chart.Chart {
	if len(c.Panels) > 0 {
		return c.Panels
	}
	alone := *c
	alone.Title = "" // the figure's own
	return []chart.Chart{alone}
}

// svg joins the drawings of both languages: where they differ in their texts only, they share the
// shapes. It is an image to a screen reader, whose data stand in the table below it.
func svg(class string, english, korean chart.Drawing) template.HTML {
	open := func(d chart.Drawing, language string) string {
		return fmt.Sprintf(`<svg class="%s%s" viewBox="0 0 %g %g" aria-hidden="true">`, class, language, d.Width, d.Height)
	}
	var b strings.Builder
	switch {
	case english == korean:
		b.WriteString(open(english, "") + english.Shapes + english.Texts + "</svg>")
	case english.Shapes == korean.Shapes:
		b.WriteString(open(english, "") + english.Shapes)
		b.WriteString(`<g class="en">` + english.Texts + `</g><g class="ko" lang="ko">` + korean.Texts + "</g></svg>")
	default:
		b.WriteString(open(english, " en") + english.Shapes + english.Texts + "</svg>")
		b.WriteString(open(korean, ` ko" lang="ko`) + korean.Shapes + korean.Texts + "</svg>")
	}
	return template.HTML(b.String()) //nolint:gosec // drawings are escaped where they are drawn
}

// A table is a panel's data for those who do not see it, or want the figures.
type table struct {
	Title   string
	Corner  []string // what the rows are; of a heat map also what the columns are
	Heads   []string // what the columns are
	Rows    []tableRow
	Measure string // what the cells are
}

type tableRow struct {
	Head  string
	Cells []tableCell
}

// A tableCell is a value with its interval, and every run's own.
type tableCell struct{ Value, Runs string }

func newTable(c *chart.Chart) table {
	t := table{Title: c.Title, Corner: []string{c.XLabel}, Measure: c.YLabel}
	if c.Heat != nil {
		t.Corner, t.Measure = []string{c.YLabel, c.XLabel}, ""
		t.Heads = c.Heat.X
		for i := range slices.Backward(c.Heat.Y) { // from the top, as drawn
			t.Rows = append(t.Rows, heatRow(c.Heat, i))
		}
		return t
	}
	data := slices.DeleteFunc(slices.Clone(c.Series), func(s chart.Series) bool { return s.Kind == chart.Limit })
	for _, s := range data {
		t.Heads = append(t.Heads, s.Name)
	}
	for _, x := range places(data) {
		row := tableRow{Head: strconv.FormatFloat(x, 'g', 6, 64)}
		if i := int(x); len(c.Categories) > 0 && float64(i) == x && i < len(c.Categories) {
			row.Head = c.Categories[i]
		}
		for i := range data {
			row.Cells = append(row.Cells, cellAt(&data[i], x))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func heatRow(h *chart.Heat, i int) tableRow {
	row := tableRow{Head: h.Y[i]}
	for k, z := range h.Z[i] {
		cell := tableCell{Value: "–"}
		if !math.IsNaN(z) {
			cell.Value = stat.Format(z, h.Unit)
		}
		if len(h.Mark) > 0 && h.Mark[i][k] {
			cell.Value += " □"
		}
		row.Cells = append(row.Cells, cell)
	}
	return row
}

// places are all X of some series, ascending.
func places(series []chart.Series) []float64 {
	var xs []float64
	for _, s := range series {
		xs = append(xs, s.X...)
	}
	slices.Sort(xs)
	return slices.Compact(xs)
}

func cellAt(s *chart.Series, x float64) tableCell {
	i := slices.Index(s.X, x)
	if i < 0 {
		return tableCell{Value: "–"}
	}
	cell := tableCell{Value: stat.FormatInterval(s.Y[i], "")}
	if len(s.Raw) > 0 {
		var runs []string
		for _, v := range s.Raw[i] {
			runs = append(runs, stat.Format(v, ""))
		}
		cell.Runs = strings.Join(runs, ", ")
	}
	return cell
}

// A plot is a panel's data for the script, in short names since every figure has it.
type plot struct {
	X      [2]string    `json:"x"` // the axis's label, English and Korean
	Y      [2]string    `json:"y"`
	LogX   bool         `json:"lx"`
	LogY   bool         `json:"ly"`
	Series []plotSeries `json:"s"`
}

type plotSeries struct {
	Name  [2]string   `json:"n"`
	Color string      `json:"c"` // its name
	Kind  string      `json:"k"` // p: points, m: points that nothing joins, l: theory or limit, s: steps
	X     []float64   `json:"x"`
	Y     [][]float64 `json:"y"` // the estimate, and the bounds where there are any
}

// zoomable reports whether a panel has numbers on both axes.
func zoomable(c *chart.Chart) bool {
	return c.Heat == nil && len(c.Categories) == 0 && slices.ContainsFunc(c.Series, func(s chart.Series) bool { return len(s.X) > 2 })
}

func newPlot(c *chart.Chart, legend []chart.LegendSample, korean text.Catalogue) plot {
	two := func(s string) [2]string { return [2]string{s, korean.Text(s)} }
	p := plot{X: two(c.XLabel), Y: two(c.YLabel), LogX: c.LogX, LogY: c.LogY}
	for _, s := range c.Series {
		series := plotSeries{Name: two(s.Name), Kind: plotKind(s)}
		if i := slices.IndexFunc(legend, func(l chart.LegendSample) bool { return l.Name == s.Name }); i >= 0 {
			series.Color = legend[i].Color
		}
		for i, x := range s.X {
			series.X, series.Y = append(series.X, round(x)), append(series.Y, estimates(s.Y[i]))
		}
		p.Series = append(p.Series, series)
	}
	return p
}

func plotKind(s chart.Series) string {
	switch s.Kind {
	case chart.Points:
		if s.Apart {
			return "m"
		}
	case chart.Line, chart.Limit:
		return "l"
	case chart.Steps:
		return "s"
	}
	return "p"
}

func estimates(y stat.Interval) []float64 {
	if y.Confidence == 0 || !y.Known() || math.IsInf(y.Low, 0) || math.IsInf(y.High, 0) {
		return []float64{round(y.Estimate)}
	}
	return []float64{round(y.Estimate), round(y.Low), round(y.High)}
}

// round keeps four digits: more than a screen has pixels.
func round(x float64) float64 {
	if x == 0 {
		return 0
	}
	scale := math.Pow(10, 4-math.Ceil(math.Log10(math.Abs(x))))
	if math.IsInf(scale, 0) { // too small to be told from nothing
		return 0
	}
	return math.Round(x*scale) / scale
}
