package chart

import (
	"slices"
	"strings"

	"gonum.org/v1/plot"
	plottext "gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const (
	pixels      = 1400 // a PNG's width
	margin      = vg.Length(18)
	gap         = vg.Length(10)
	titleSize   = vg.Length(18)
	legendSize  = vg.Length(13)
	captionSize = vg.Length(11)
	leading     = 1.3 // a line's height in font sizes

	legendLeading = 1.6
	lineSample    = vg.Length(30) // the width of a legend entry's picture
	markSample    = vg.Length(12)
	nameGap       = vg.Length(6)
	entryGap      = vg.Length(22)
	panelGap      = vg.Length(26)
)

// page is the layout of a chart: title, legend, panels and caption below each other, none of them
// over another.
type page struct {
	width, height vg.Length
	dpi           int

	title, caption string // broken into lines
	legend         []legendLine
	panels         []*plot.Plot
	heads          []string // the panels' titles; none of them: nil
	rows           int      // of panels, which are given column by column
	plotHeight     vg.Length
}

type legendLine []legendEntry

type legendEntry struct {
	mark marks
	at   vg.Length // from the left
}

func (e legendEntry) sample() vg.Length {
	if e.mark.series.Kind == Points {
		return markSample
	}
	return lineSample
}

func (e legendEntry) width() vg.Length {
	return e.sample() + nameGap + legendStyle().Width(e.mark.series.Name)
}

func newPage(c *Chart) (*page, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	charts := c.panels()
	p := &page{dpi: 140, rows: max(1, c.Rows), plotHeight: 330}
	if len(charts)/p.rows > 2 {
		p.dpi, p.plotHeight = 110, 360
	}
	if p.rows > 1 {
		p.plotHeight *= 0.75
	}
	p.width = vg.Length(pixels) / vg.Length(p.dpi) * vg.Inch
	inner := p.width - 2*margin
	looks := looks(charts)
	for i := range charts {
		panelWidth := inner/vg.Length(len(charts)/p.rows) - 70
		p.panels = append(p.panels, newPanel(&charts[i], looks, panelWidth))
		p.heads = append(p.heads, charts[i].Title)
	}
	p.title = fitText(titleStyle(), c.Title, inner)
	p.caption = fitText(captionStyle(), strings.TrimSpace(c.Caption+" "+sentence(keyOf(charts).String())), inner)
	p.legend = newLegend(charts, looks, inner)
	p.height = p.heightNeeded()
	return p, nil
}

func titleStyle() plottext.Style   { return textStyle(titleSize, ink) }
func legendStyle() plottext.Style  { return textStyle(legendSize, ink) }
func captionStyle() plottext.Style { return textStyle(captionSize, muted) }

func (p *page) heightNeeded() vg.Length {
	h := 2*margin + p.headHeight(0) + vg.Length(p.rows)*p.plotHeight + vg.Length(p.rows-1)*p.between()
	for _, part := range []vg.Length{blockHeight(titleStyle(), p.title), p.legendHeight(), blockHeight(captionStyle(), p.caption)} {
		if part > 0 {
			h += part + gap
		}
	}
	return h
}

func blockHeight(style plottext.Style, txt string) vg.Length {
	if txt == "" {
		return 0
	}
	return vg.Length(strings.Count(txt, "\n")+1) * style.Font.Size * leading
}

func (p *page) legendHeight() vg.Length {
	return vg.Length(len(p.legend)) * legendStyle().Font.Size * legendLeading
}

func (p *page) draw(c draw.Canvas) {
	c.SetColor(paper)
	c.Fill(c.Rectangle.Path())
	c = draw.Crop(c, margin, -margin, margin, -margin)
	c.Max.Y -= p.drawText(c, titleStyle(), p.title)
	c.Max.Y -= p.drawLegend(c)
	if p.caption != "" {
		foot := c
		foot.Max.Y = c.Min.Y + blockHeight(captionStyle(), p.caption)
		p.drawText(foot, captionStyle(), p.caption)
		c.Min.Y = foot.Max.Y + gap
	}
	p.drawPanels(c)
}

// drawText sets text at the top and returns the height it took with the gap below it.
func (p *page) drawText(c draw.Canvas, style plottext.Style, txt string) vg.Length {
	if txt == "" {
		return 0
	}
	y := c.Max.Y
	for line := range strings.SplitSeq(txt, "\n") {
		c.FillText(style, vg.Point{X: c.Min.X, Y: y}, line)
		y -= style.Font.Size * leading
	}
	return blockHeight(style, txt) + gap
}

func (p *page) drawPanels(c draw.Canvas) {
	columns := len(p.panels) / p.rows
	c.Max.Y -= p.headHeight(0)
	tiles := draw.Tiles{Rows: p.rows, Cols: columns, PadX: panelGap, PadY: p.between()}
	panels := make([][]*plot.Plot, p.rows)
	for i := range p.panels {
		panels[i%p.rows] = append(panels[i%p.rows], p.panels[i])
	}
	canvases := plot.Align(panels, tiles, c)
	style := textStyle(headSize, ink)
	style.XAlign = draw.XCenter
	for i, panel := range p.panels {
		row, column := i%p.rows, i/p.rows
		data := panel.DataCanvas(canvases[row][column])
		head := vg.Point{X: data.Center().X, Y: tiles.At(c, column, row).Max.Y + p.headHeight(row)}
		c.FillText(style, head, p.heads[i])
		panel.Draw(canvases[row][column])
	}
}

// headHeight is the room for the titles of a row's panels.
func (p *page) headHeight(row int) vg.Length {
	for i := row; i < len(p.heads); i += p.rows {
		if p.heads[i] != "" {
			return headSize*leading + gap
		}
	}
	return 0
}

// between is the room between two rows.
func (p *page) between() vg.Length {
	room := vg.Length(0)
	for row := 1; row < p.rows; row++ {
		room = max(room, p.headHeight(row))
	}
	return gap + room
}

// newLegend flows the names in order of appearance into lines. A lone nameless series needs none.
func newLegend(charts []Chart, looks map[string]look, width vg.Length) []legendLine {
	var lines []legendLine
	seen := map[string]bool{"": true}
	x := vg.Length(0)
	eachSeries(charts, func(s *Series) {
		if seen[s.Name] {
			return
		}
		seen[s.Name] = true
		entry := legendEntry{mark: marks{series: s, look: looks[s.Name]}}
		if len(lines) == 0 || x+entry.width() > width {
			lines, x = append(lines, nil), 0
		}
		entry.at = x
		last := len(lines) - 1
		lines[last] = append(lines[last], entry)
		x += entry.width() + entryGap
	})
	return lines
}

func (p *page) drawLegend(c draw.Canvas) vg.Length {
	style := legendStyle()
	style.YAlign = draw.YCenter
	height := style.Font.Size * legendLeading
	for i, line := range p.legend {
		mid := c.Max.Y - height*(vg.Length(i)+0.5)
		for _, e := range line {
			sample := draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
				Min: vg.Point{X: c.Min.X + e.at, Y: mid - height/2},
				Max: vg.Point{X: c.Min.X + e.at + e.sample(), Y: mid + height/2},
			}}
			e.mark.Thumbnail(&sample)
			c.FillText(style, vg.Point{X: sample.Max.X + nameGap, Y: mid + style.FontExtents().Descent}, e.mark.series.Name)
		}
	}
	if len(p.legend) == 0 {
		return 0
	}
	return p.legendHeight() + gap
}

// cutBar reports whether an interval reaches beyond the chart's axis.
func cutBar(c Chart) bool {
	low, high := yRange(&c)
	return slices.ContainsFunc(c.Series, func(s Series) bool {
		return slices.ContainsFunc(s.Y, func(y stat.Interval) bool {
			return s.Kind != Line && y.Confidence > 0 && (y.Low < low && low != 0 || y.High > high)
		})
	})
}

// keyOf says what the marks are, from what is drawn.
func keyOf(charts []Chart) text.Message {
	var dots, lines, bars, bands bool
	confidence := 0.0
	for i := range charts {
		named := len(charts[i].Categories) > 0
		eachSeries(charts[i:i+1], func(s *Series) {
			bars = bars || s.Kind == Points
			bands = bands || s.Kind == Steps || s.Kind == Points && !named && !s.Apart && len(s.X) > 1
		})
	}
	eachSeries(charts, func(s *Series) {
		lines = lines || s.Kind == Line
		dots = dots || (s.Kind == Points && len(s.Raw) > 0)
		for _, y := range s.Y {
			confidence = max(confidence, y.Confidence)
		}
	})
	var parts []text.Message
	switch {
	case confidence == 0:
	case bars && bands:
		parts = append(parts, text.Of("bar and band: %g\u00a0%% interval", 100*confidence))
	case bars:
		parts = append(parts, text.Of("bar: %g\u00a0%% interval", 100*confidence))
	case bands:
		parts = append(parts, text.Of("band: %g\u00a0%% interval", 100*confidence))
	}
	if slices.ContainsFunc(charts, cutBar) {
		parts = append(parts, text.Of("arrow: the bar goes on"))
	}
	if dots {
		parts = append(parts, text.Of("faint dot: one run"))
	}
	if lines {
		parts = append(parts, text.Of("dashed: theory"))
	}
	return text.Join("; ", append(parts, heatKey(charts)...)...)
}

func heatKey(charts []Chart) (parts []text.Message) {
	for i := range charts {
		switch h := charts[i].Heat; {
		case h == nil:
		case h.Marks != "" && len(h.Mark) > 0:
			return []text.Message{text.Of("darker: higher"), text.Of("frame: %s", h.Marks)}
		default:
			parts = []text.Message{text.Of("darker: higher")}
		}
	}
	return parts
}

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}
