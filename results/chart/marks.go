package chart

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/workerlab/workerlab/results/stat"
)

const (
	markRadius = vg.Length(4.5)
	dotRadius  = vg.Length(2)
	barWidth   = vg.Length(1.6)
	capWidth   = vg.Length(4) // half of an error bar's end
	jitterSpan = vg.Length(4) // raw dots stand this far left and right of their mark

	dodgeNames   = vg.Length(26) // between series over a category: their dots do not mix
	dodgeNumbers = vg.Length(8)  // enough to see both of two equal marks, too little to misread their place
)

// marks draws one series of a panel. It implements plot.Plotter; the axes' ranges are set by the panel.
type marks struct {
	series     *Series
	look       look
	shift      vg.Length // set aside by this where another series would hide a mark, or it another's
	rivals     []*Series // the panel's other measured series
	categories int
}

// Plot implements plot.Plotter.
func (m marks) Plot(c draw.Canvas, p *plot.Plot) {
	t := transform{&c, p}
	switch {
	case m.series.Kind == Points:
		m.points(t)
	case m.series.Kind == Steps:
		m.steps(t)
	case m.categories > 0:
		m.levels(t)
	default:
		m.line(t)
	}
}

// transform places data on the canvas. Values beyond an axis are drawn at its end, as is what has no
// logarithm.
type transform struct {
	*draw.Canvas
	plot *plot.Plot
}

func (t transform) at(x, y float64) vg.Point {
	return vg.Point{X: t.X(place(&t.plot.X, x)), Y: t.Y(place(&t.plot.Y, y))}
}

func place(a *plot.Axis, v float64) float64 { return a.Norm(min(max(v, a.Min), a.Max)) }

func (m marks) points(t transform) {
	m.connect(t)
	for i := range m.series.X {
		m.dots(t, i)
	}
	for i := range m.series.X {
		m.bar(t, i)
	}
	for i, x := range m.series.X {
		pt := t.at(x, m.series.Y[i].Estimate)
		pt.X += m.aside(t, i)
		t.DrawGlyphNoClip(draw.GlyphStyle{Color: m.look.color, Radius: markRadius, Shape: m.look.shape}, pt)
	}
}

// aside is how far point i stands beside its place: over categories always the same, over numbers
// only where marks or bars would hide each other.
func (m marks) aside(t transform, i int) vg.Length {
	if m.categories > 0 {
		return m.shift
	}
	mine := extent(t, m.series, i)
	for _, rival := range m.rivals {
		for k := range rival.X {
			its := extent(t, rival, k)
			if mine.Min.X < its.Max.X && its.Min.X < mine.Max.X && mine.Min.Y < its.Max.Y && its.Min.Y < mine.Max.Y {
				return m.shift
			}
		}
	}
	return 0
}

// extent is the room that a point's mark and bar take.
func extent(t transform, s *Series, i int) vg.Rectangle {
	y := s.Y[i]
	low, high := y.Estimate, y.Estimate
	if y.Confidence > 0 && y.Known() {
		low, high = min(low, y.Low), max(high, y.High)
	}
	r := vg.Point{X: markRadius, Y: markRadius}
	return vg.Rectangle{Min: t.at(s.X[i], low).Sub(r), Max: t.at(s.X[i], high).Add(r)}
}

// connect joins the marks by a thin line, to lead the eye, and their intervals by a band, where they have an
// order; categories have none.
func (m marks) connect(t transform) {
	if m.categories > 0 || m.series.Apart {
		return
	}
	order := make([]int, len(m.series.X))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(m.series.X[a], m.series.X[b]) })
	var path, low, high []vg.Point
	for _, i := range order {
		x, y, aside := m.series.X[i], m.series.Y[i], m.aside(t, i)
		move := func(pt vg.Point) vg.Point { return vg.Point{X: pt.X + aside, Y: pt.Y} }
		path = append(path, move(t.at(x, y.Estimate)))
		if y.Confidence > 0 && y.Known() {
			low, high = append(low, move(t.at(x, y.Low))), append(high, move(t.at(x, y.High)))
		}
	}
	m.band(t, low, high)
	t.StrokeLines(draw.LineStyle{Color: tint(m.look.color, joinTint), Width: 1.2}, path)
}

// dots draws every run's value, spread sideways in a fixed pattern.
func (m marks) dots(t transform, i int) {
	if len(m.series.Raw) == 0 {
		return
	}
	runs := m.series.Raw[i]
	for k, y := range runs {
		if !stat.Finite(y) {
			continue
		}
		pt := t.at(m.series.X[i], y)
		pt.X += m.aside(t, i) + spread(k, len(runs))
		t.DrawGlyphNoClip(draw.GlyphStyle{Color: tint(m.look.color, dotTint), Radius: dotRadius, Shape: draw.CircleGlyph{}}, pt)
	}
}

// spread places dot k of n beside its mark, left and right in turn and never under it.
func spread(k, n int) vg.Length {
	step := vg.Length(k/2+1) / vg.Length((n+1)/2)
	offset := markRadius + dotRadius + jitterSpan*step
	if k%2 == 0 {
		return -offset
	}
	return offset
}

// bar draws the interval; an end beyond the axis is drawn as an arrow.
func (m marks) bar(t transform, i int) {
	y := m.series.Y[i]
	if y.Confidence == 0 || math.IsNaN(y.Low) || math.IsNaN(y.High) {
		return
	}
	low, high := t.at(m.series.X[i], y.Low), t.at(m.series.X[i], y.High)
	low.X += m.aside(t, i)
	high.X += m.aside(t, i)
	style := draw.LineStyle{Color: m.look.color, Width: barWidth}
	t.StrokeLines(style, []vg.Point{low, high})
	m.end(t, low, y.Low < t.plot.Y.Min && t.plot.Y.Min != 0, -1) // what starts at zero cannot go on below it
	m.end(t, high, y.High > t.plot.Y.Max, 1)
}

func (m marks) end(t transform, at vg.Point, beyond bool, direction vg.Length) {
	style := draw.LineStyle{Color: m.look.color, Width: barWidth}
	back := vg.Length(0)
	if beyond {
		back = -direction * capWidth
	}
	t.StrokeLines(style, []vg.Point{{X: at.X - capWidth, Y: at.Y + back}, at, {X: at.X + capWidth, Y: at.Y + back}})
}

func (m marks) line(t transform) {
	var path []vg.Point
	for i, x := range m.series.X {
		path = append(path, t.at(x, m.series.Y[i].Estimate))
	}
	t.StrokeLines(m.dashed(), path)
}

// steps draws a value that holds from each X to the next, over the band of its interval. The last one
// holds as long as the one before it.
func (m marks) steps(t transform) {
	var middle, low, high []vg.Point
	for i, x := range m.series.X {
		end := x
		switch {
		case i+1 < len(m.series.X):
			end = m.series.X[i+1]
		case i > 0:
			end += x - m.series.X[i-1]
		}
		y := m.series.Y[i]
		middle = append(middle, t.at(x, y.Estimate), t.at(end, y.Estimate))
		if y.Confidence > 0 && y.Known() {
			low, high = append(low, t.at(x, y.Low), t.at(end, y.Low)), append(high, t.at(x, y.High), t.at(end, y.High))
		}
	}
	m.band(t, low, high)
	t.StrokeLines(draw.LineStyle{Color: m.look.color, Width: 1.8}, middle)
}

// band fills what lies between two lines.
func (m marks) band(t transform, low, high []vg.Point) {
	if len(low) < 2 {
		return
	}
	slices.Reverse(high)
	t.FillPolygon(faded(m.look.color), append(low, high...))
}

// levels draws theory over categories: a short line at each.
func (m marks) levels(t transform) {
	slot := (t.Max.X - t.Min.X) / vg.Length(m.categories)
	half := min(slot*0.35, 40)
	for i, x := range m.series.X {
		pt := t.at(x, m.series.Y[i].Estimate)
		t.StrokeLines(m.dashed(), []vg.Point{{X: pt.X - half, Y: pt.Y}, {X: pt.X + half, Y: pt.Y}})
	}
}

func (m marks) dashed() draw.LineStyle {
	return draw.LineStyle{Color: m.look.color, Width: 1.8, Dashes: m.look.dashes}
}

// Thumbnail draws the legend's sample.
func (m marks) Thumbnail(c *draw.Canvas) {
	mid := c.Center()
	across := []vg.Point{{X: c.Min.X, Y: mid.Y}, {X: c.Max.X, Y: mid.Y}}
	switch m.series.Kind {
	case Line, Limit:
		c.StrokeLines(m.dashed(), across)
		return
	case Steps:
		c.StrokeLines(draw.LineStyle{Color: m.look.color, Width: 1.8}, across)
		return
	case Points:
	}
	c.StrokeLines(draw.LineStyle{Color: m.look.color, Width: barWidth}, []vg.Point{{X: mid.X, Y: mid.Y - 8}, {X: mid.X, Y: mid.Y + 8}})
	c.DrawGlyphNoClip(draw.GlyphStyle{Color: m.look.color, Radius: markRadius, Shape: m.look.shape}, mid)
}
