package chart

import (
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/workerlab/workerlab/results/stat"
)

const (
	labelSize = vg.Length(13)
	tickSize  = vg.Length(12)
	headSize  = vg.Length(14)
	// maxStretch is how far an interval may stretch the axis beyond the data themselves: a few runs'
	// interval can be ten times wider than anything seen. The rest of it is drawn as an arrow.
	maxStretch = 1.3
)

// newPanel sets up the axes of c for a panel of about that width, and its series in their looks.
func newPanel(c *Chart, looks map[string]look, width vg.Length) *plot.Plot {
	p := plot.New()
	setRange(c, p)
	setAxis(&p.X, c.XLabel, draw.XCenter, draw.YTop)
	setAxis(&p.Y, c.YLabel, draw.XRight, draw.YCenter)
	if c.Heat != nil {
		c.Heat.onto(c, p, width)
		return p
	}
	setTicks(c, p, width)
	p.Add(gridLines{vertical: len(c.Categories) == 0})
	addSeries(c, p, looks)
	return p
}

func setAxis(a *plot.Axis, label string, x text.XAlignment, y text.YAlignment) {
	a.Label.Text = label
	a.Label.TextStyle = textStyle(labelSize, ink)
	a.Label.TextStyle.XAlign, a.Label.TextStyle.YAlign = draw.XCenter, draw.YBottom
	a.Label.Padding = 5
	a.Tick.Label = textStyle(tickSize, ink)
	a.Tick.Label.XAlign, a.Tick.Label.YAlign = x, y
	a.LineStyle.Color, a.LineStyle.Width = muted, 0.8
	a.Tick.LineStyle.Color, a.Tick.LineStyle.Width = muted, 0.8
	a.Tick.Length = 5
	a.Padding = 0
}

func setTicks(c *Chart, p *plot.Plot, width vg.Length) {
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.Ticker(niceTicks{}), plot.Ticker(niceTicks{})
	if c.LogX {
		p.X.Tick.Marker, p.X.Scale = logTicks{}, plot.LogScale{}
	}
	if c.LogY {
		p.Y.Tick.Marker, p.Y.Scale = logTicks{}, plot.LogScale{}
	}
	if len(c.Categories) > 0 {
		p.X.Tick.Marker = nameTicks(c.Categories, &p.X.Tick.Label, width)
	} else if tried, ok := valuesTried(c, p.X.Min, p.X.Max); ok {
		p.X.Tick.Marker = tried
	}
}

// nameTicks wraps the categories' names into their slots, and tilts them where a word is too long.
func nameTicks(names []string, style *text.Style, width vg.Length) atNames {
	slot := width/vg.Length(len(names)) - 8
	wrapped := make(atNames, len(names))
	for i, name := range names {
		wrapped[i] = fitText(*style, name, slot)
		if style.Width(wrapped[i]) > slot {
			style.Rotation = math.Pi / 5
			style.XAlign, style.YAlign = draw.XRight, draw.YTop
			return atNames(names)
		}
	}
	return wrapped
}

func setRange(c *Chart, p *plot.Plot) {
	p.X.Min, p.X.Max = xRange(c)
	p.Y.Min, p.Y.Max = yRange(c)
}

func xRange(c *Chart) (low, high float64) {
	if n := len(c.Categories); n > 0 {
		return -0.5, float64(n) - 0.5
	}
	low, high = math.Inf(1), math.Inf(-1)
	for _, s := range c.Series {
		for _, x := range s.X {
			if !c.LogX || x > 0 {
				low, high = min(low, x), max(high, x)
			}
		}
	}
	return padded(low, high, c.LogX)
}

// yRange holds every estimate and run, and intervals as far as maxStretch allows.
func yRange(c *Chart) (low, high float64) {
	if c.FromTo[1] > c.FromTo[0] && (!c.LogY || c.FromTo[0] > 0) {
		return c.FromTo[0], c.FromTo[1]
	}
	e := extremes{low: math.Inf(1), high: math.Inf(-1), positive: c.LogY}
	for _, s := range c.Series {
		for i, y := range s.Y {
			e.see(y.Estimate)
			if len(s.Raw) > 0 {
				e.see(s.Raw[i]...)
			}
		}
	}
	bars := e
	for _, s := range c.Series {
		for _, y := range s.Y {
			if y.Confidence > 0 {
				bars.see(y.Low, y.High)
			}
		}
	}
	if c.LogY {
		return padded(max(bars.low, e.low/maxStretch), min(bars.high, e.high*maxStretch), true)
	}
	return linearRange(e, bars)
}

// linearRange starts at zero, so that heights compare as the figures do.
func linearRange(data, bars extremes) (low, high float64) {
	if data.low == 0 && data.high == 0 {
		data = bars // nothing was seen; the bars say what that is worth
	}
	if math.IsInf(data.low, 1) {
		return 0, 1
	}
	size := max(math.Abs(data.low), math.Abs(data.high))
	low = min(0, max(bars.low, data.low-size*(maxStretch-1)))
	if data.low >= 0 {
		low = 0
	}
	high = max(0, min(bars.high, data.high+size*(maxStretch-1)))
	if low == high {
		return 0, 1
	}
	return low, high + (high-low)*0.06
}

type extremes struct {
	low, high float64
	positive  bool // only values above zero count
}

func (e *extremes) see(values ...float64) {
	for _, v := range values {
		if stat.Finite(v) && (!e.positive || v > 0) {
			e.low, e.high = min(e.low, v), max(e.high, v)
		}
	}
}

// padded widens a range a little on both sides; without data it is some range that can be drawn.
func padded(low, high float64, logarithmic bool) (float64, float64) {
	switch {
	case math.IsInf(low, 1) && logarithmic:
		return 1, 10
	case math.IsInf(low, 1):
		return 0, 1
	case logarithmic:
		factor := max(math.Pow(high/low, 0.06), 1.15)
		return low / factor, high * factor
	case low == high:
		return low - 1, high + 1
	}
	edge := (high - low) * 0.06
	return low - edge, high + edge
}

func addSeries(c *Chart, p *plot.Plot, looks map[string]look) {
	var measured []*Series
	for i := range c.Series {
		s := &c.Series[i]
		if s.Kind == Points {
			measured = append(measured, s)
			continue
		}
		p.Add(marks{series: s, look: looks[s.Name], categories: len(c.Categories)})
	}
	for i, s := range measured { // marks over lines
		p.Add(marks{
			series: s, look: looks[s.Name], categories: len(c.Categories),
			shift:  dodge(i, len(measured), len(c.Categories) > 0),
			rivals: slices.Delete(slices.Clone(measured), i, i+1),
		})
	}
}

// dodge sets series beside each other: wide over categories, a mark's width over numbers.
func dodge(place, of int, categories bool) vg.Length {
	step := dodgeNumbers
	if categories {
		step = dodgeNames
	}
	return step * (vg.Length(place) - vg.Length(of-1)/2)
}

// gridLines are drawn at the labelled ticks, and a stronger one at zero where the axis goes on below it.
type gridLines struct{ vertical bool }

// Plot implements plot.Plotter.
func (g gridLines) Plot(c draw.Canvas, p *plot.Plot) {
	style := draw.LineStyle{Color: faint, Width: 0.8}
	for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		if y := c.Y(p.Y.Norm(t.Value)); !t.IsMinor() && c.ContainsY(y) {
			c.StrokeLine2(style, c.Min.X, y, c.Max.X, y)
		}
	}
	if _, linear := p.Y.Scale.(plot.LinearScale); linear && p.Y.Min < 0 && p.Y.Max > 0 {
		zero := c.Y(p.Y.Norm(0))
		c.StrokeLine2(draw.LineStyle{Color: muted, Width: 0.8}, c.Min.X, zero, c.Max.X, zero)
	}
	if !g.vertical {
		return
	}
	for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		if x := c.X(p.X.Norm(t.Value)); !t.IsMinor() && c.ContainsX(x) {
			c.StrokeLine2(style, x, c.Min.Y, x, c.Max.Y)
		}
	}
}

// fitText breaks text at spaces into lines no wider than width, as far as its words allow.
func fitText(style text.Style, txt string, width vg.Length) string {
	var lines []string
	line := ""
	for word := range strings.SplitSeq(txt, " ") { // not at no-break spaces
		longer := strings.TrimSpace(line + " " + word)
		if line != "" && style.Width(longer) > width {
			lines = append(lines, line)
			longer = word
		}
		line = longer
	}
	return strings.Join(append(lines, line), "\n")
}
