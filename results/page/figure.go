package page

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

// A figure is a Figure as the page shows it: a legend, drawings, the same data as tables, and as something that can be
// zoomed.
type figure struct {
	ID, File       string
	Title, Caption string
	Key            text.Message
	Legend         []sample
	Rows           int // of panels, one column after the other; 0: one
	Panels         []panel
	Plot           []plot // of the panels that can be zoomed; nil: none
	Tables         []table
}

type sample struct {
	Name    string
	Picture template.HTML
}

type panel struct {
	Title string
	SVG   template.HTML
	Plot  int // its place among the figure's plots; −1: it cannot be zoomed
}

// draw draws a figure in every language.
func (v *view) draw(f Figure) (figure, error) {
	c := &f.Chart
	var drawings [][]chart.Drawing // by language, then by panel
	for _, l := range v.Spoken {
		translated := c.Translated(l.Catalogue.Text)
		drawn, err := translated.Inline()
		if err != nil {
			return figure{}, err
		}
		drawings = append(drawings, drawn)
	}
	out := figure{ID: "figure-" + Anchor(c.ID), File: f.File, Title: c.Title, Caption: c.Caption, Key: c.Key(), Rows: c.Rows}
	for _, s := range c.Legend() {
		out.Legend = append(out.Legend, sample{s.Name, svg("sample", "", s.Shapes+s.Texts, s.Drawing)})
	}
	for i, chart := range panelsOf(c) {
		place := -1
		if zoomable(&chart) {
			place = len(out.Plot)
			out.Plot = append(out.Plot, v.plot(&chart, c.Legend()))
		}
		out.Panels = append(out.Panels, panel{drawings[0][i].Title, v.join(drawings, i), place})
		out.Tables = append(out.Tables, newTable(&chart))
	}
	return out, nil
}

func panelsOf(c *chart.Chart) []chart.Chart {
	if len(c.Panels) > 0 {
		return c.Panels
	}
	alone := *c
	alone.Title = "" // the figure's own
	return []chart.Chart{alone}
}

// join joins the drawings of a panel in all languages: where they differ in their texts only, they share the shapes.
func (v *view) join(drawings [][]chart.Drawing, panel int) template.HTML {
	first := drawings[0][panel]
	shared, same := true, true
	for _, d := range drawings {
		shared = shared && d[panel].Shapes == first.Shapes
		same = same && d[panel] == first
	}
	if same {
		return svg("chart", "", first.Shapes+first.Texts, first)
	}
	var texts, whole strings.Builder
	for i, l := range v.Spoken {
		d := drawings[i][panel]
		fmt.Fprintf(&texts, "<g%s>%s</g>", l.attributes(), d.Texts)
		whole.WriteString(string(svg("chart "+l.Code, l.Code, d.Shapes+d.Texts, d)))
	}
	if shared {
		return svg("chart", "", first.Shapes+texts.String(), first)
	}
	return template.HTML(whole.String()) //nolint:gosec // drawings are escaped where they are drawn
}

// svg is an image to a screen reader, whose data stand in the table below it.
func svg(class, language, inside string, size chart.Drawing) template.HTML {
	if language != "" && language != "en" {
		language = ` lang="` + language + `"`
	} else {
		language = ""
	}
	return template.HTML(fmt.Sprintf(`<svg class="%s"%s viewBox="0 0 %g %g" aria-hidden="true">%s</svg>`, class, language, size.Width, size.Height, inside)) //nolint:gosec // drawings are escaped where they are drawn
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
	X      []string     `json:"x"` // the axis's label in every language
	Y      []string     `json:"y"`
	LogX   bool         `json:"lx"`
	LogY   bool         `json:"ly"`
	Series []plotSeries `json:"s"`
}

type plotSeries struct {
	Name  []string    `json:"n"`
	Color string      `json:"c"` // its name
	Kind  string      `json:"k"` // p: points, m: points that nothing joins, l: theory or limit, s: steps
	X     []float64   `json:"x"`
	Y     [][]float64 `json:"y"` // the estimate, and the bounds where there are any
}

// zoomable reports whether a panel has numbers on both axes.
func zoomable(c *chart.Chart) bool {
	return c.Heat == nil && len(c.Categories) == 0 && slices.ContainsFunc(c.Series, func(s chart.Series) bool { return len(s.X) > 2 })
}

func (v *view) plot(c *chart.Chart, legend []chart.LegendSample) plot {
	each := func(s string) (texts []string) {
		for _, l := range v.Spoken {
			texts = append(texts, l.Catalogue.Text(s))
		}
		return texts
	}
	p := plot{X: each(c.XLabel), Y: each(c.YLabel), LogX: c.LogX, LogY: c.LogY}
	for _, s := range c.Series {
		series := plotSeries{Name: each(s.Name), Kind: plotKind(s)}
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
