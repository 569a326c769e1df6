package chart

import (
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/workerlab/workerlab/results/text"
)

// A Drawing is a chart, or one of its panels, for a page that sets title, legend and caption itself.
// Shapes and Texts are the inside of an svg element, apart, so that texts in several languages can
// share the shapes. Their colours are classes, which InlineStyle defines for light and dark.
type Drawing struct {
	Title         string // of the panel; "" if there is but one
	Width, Height float64
	Shapes, Texts string
}

// A LegendSample is a series' entry in a legend: its name, and a picture of how it is drawn.
type LegendSample struct {
	Name, Class string // the class has its colour
	Drawing
}

// Inline draws the chart's panels, or the chart itself if it has none.
func (c *Chart) Inline() ([]Drawing, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	charts := c.panels()
	looks := looks(charts)
	drawings := make([]Drawing, len(charts))
	for i := range charts {
		chart := &charts[i]
		drawings[i] = chart.inline(looks, len(charts)/max(1, c.Rows), i%max(1, c.Rows))
	}
	return drawings, nil
}

const (
	inlineHeight = vg.Length(300)
	inlineBelow  = vg.Length(230) // of panels below another
	inlineAlone  = vg.Length(540)
	inlineBeside = vg.Length(420)
	inlineWide   = vg.Length(680) // for many names
)

// inline draws a panel that stands in a row of so many.
func (c *Chart) inline(looks map[string]look, of, row int) Drawing {
	width, height := inlineAlone, inlineHeight
	if row > 0 {
		height = inlineBelow
	}
	switch names := max(len(c.Categories), c.columns()); {
	case names > 5:
		width = inlineWide
	case of > 1:
		width = inlineBeside
	}
	canvas := newInlineCanvas(width, height)
	panel := newPanel(c, looks, width-70)
	panel.Draw(draw.Crop(draw.New(canvas), 2, -6, 2, -8))
	return canvas.drawing(c.Title)
}

func (c *Chart) columns() int {
	if c.Heat == nil {
		return 0
	}
	return len(c.Heat.X)
}

// Legend is the chart's series, each once, in order.
func (c *Chart) Legend() []LegendSample {
	charts := c.panels()
	looks := looks(charts)
	var samples []LegendSample
	for _, line := range newLegend(charts, looks, inlineWide) {
		for _, e := range line {
			canvas := newInlineCanvas(e.sample(), 18)
			area := draw.New(canvas)
			e.mark.Thumbnail(&area)
			samples = append(samples, LegendSample{e.mark.series.Name, canvas.known[e.mark.look.color].class, canvas.drawing("")})
		}
	}
	return samples
}

// Key says what marks, bars and lines mean, from what is drawn.
func (c *Chart) Key() text.Message { return keyOf(c.panels()) }

// Translated is the chart with every word put into another language.
func (c *Chart) Translated(into func(string) string) Chart {
	t := *c
	t.Title, t.XLabel, t.YLabel, t.Caption = into(c.Title), into(c.XLabel), into(c.YLabel), into(c.Caption)
	t.Categories = each(c.Categories, into)
	t.Series = append([]Series(nil), c.Series...)
	for i := range t.Series {
		s := &t.Series[i]
		s.Name, s.Like = into(s.Name), into(s.Like)
	}
	if c.Heat != nil {
		heat := *c.Heat
		heat.X, heat.Y, heat.Marks = each(heat.X, into), each(heat.Y, into), into(heat.Marks)
		t.Heat = &heat
	}
	t.Panels = append([]Chart(nil), c.Panels...)
	for i := range t.Panels {
		t.Panels[i] = c.Panels[i].Translated(into)
	}
	return t
}

func each(names []string, into func(string) string) []string {
	var out []string
	for _, name := range names {
		out = append(out, into(name))
	}
	return out
}

// dark is the palette on a dark ground: the same hues, light enough to be seen.
var dark = []string{"#5cb3f0", "#ff9350", "#3fcf9f", "#eba0cb", "#ffc04d", "#8fd0f5", "#f2f2f2"}

const darkInk = "#e6e6e6"

// InlineStyle is the style sheet of drawings, which are svg elements of class chart. The page says by color-scheme whether it is light or dark.
func InlineStyle() string {
	var b strings.Builder
	rule := func(class string, light color.NRGBA, dark string) {
		fmt.Fprintf(&b, ".%s{--c:light-dark(%s,%s)}\n", class, hex(light), dark)
	}
	rule("ink", ink, darkInk)
	rule("muted", muted, "#a8a8a8")
	rule("faint", faint, "#3a3d42")
	for i, c := range palette {
		rule(seriesClass(i), c, dark[i])
	}
	b.WriteString(".f{fill:var(--c)}\n.l{fill:none;stroke:var(--c)}\n.d{stroke-linecap:round}\n")
	fmt.Fprintf(&b, ".chart{--c:light-dark(%s,%s)}\n.chart text{font-size:%gpx;fill:var(--c)}\n", hex(ink), darkInk, float64(tickSize))
	return b.String()
}

func seriesClass(i int) string { return "s" + strconv.Itoa(i) }

func hex(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// A paint is what stands for a colour in a drawing. What has none keeps its colour on any ground.
type paint struct {
	class   string
	opacity float64 // 0: none is set
}

// paints knows the colours of figures; all others keep theirs.
func paints() map[color.NRGBA]paint {
	known := map[color.NRGBA]paint{}
	add := func(class string, c color.NRGBA) {
		known[faded(c)] = paint{class: class, opacity: 0.15}
		for _, share := range []float64{dotTint, joinTint} {
			known[tint(c, share)] = paint{class: class, opacity: share}
		}
		known[c] = paint{class: class}
	}
	for i, c := range palette {
		add(seriesClass(i), c)
	}
	add("ink", ink)
	add("muted", muted)
	add("faint", faint)
	return known
}

// inlineCanvas implements vg.Canvas.
type inlineCanvas struct {
	width, height vg.Length
	known         map[color.NRGBA]paint
	shapes, texts strings.Builder
	pending       string // the tag that the path being collected ends with
	path          strings.Builder
	x, y          string // where it stands

	pen   pen
	stack []pen
}

type pen struct {
	color  color.NRGBA
	width  vg.Length
	dashes []vg.Length
	turn   float64 // radians; text alone is turned
}

func newInlineCanvas(width, height vg.Length) *inlineCanvas {
	return &inlineCanvas{width: width, height: height, known: paints(), pen: pen{width: 1}}
}

var _ vg.CanvasSizer = (*inlineCanvas)(nil)

func (c *inlineCanvas) drawing(title string) Drawing {
	c.flush()
	return Drawing{title, float64(c.width), float64(c.height), c.shapes.String(), c.texts.String()}
}

// Size implements vg.CanvasSizer.
func (c *inlineCanvas) Size() (x, y vg.Length) { return c.width, c.height }

// SetLineWidth implements vg.Canvas.
func (c *inlineCanvas) SetLineWidth(w vg.Length) { c.pen.width = w }

// SetLineDash implements vg.Canvas.
func (c *inlineCanvas) SetLineDash(dashes []vg.Length, _ vg.Length) { c.pen.dashes = dashes }

// SetColor implements vg.Canvas.
func (c *inlineCanvas) SetColor(clr color.Color) {
	c.pen.color = color.NRGBA{A: 0xff}
	if clr != nil {
		c.pen.color = color.NRGBAModel.Convert(clr).(color.NRGBA)
	}
}

// Rotate implements vg.Canvas. Nothing but text is drawn turned.
func (c *inlineCanvas) Rotate(radians float64) { c.pen.turn += radians }

// Translate implements vg.Canvas. Nothing of ours moves the origin.
func (c *inlineCanvas) Translate(vg.Point) {}

// Scale implements vg.Canvas. Nothing of ours changes the scale.
func (c *inlineCanvas) Scale(_, _ float64) {}

// DrawImage implements vg.Canvas. Nothing of ours is an image.
func (c *inlineCanvas) DrawImage(vg.Rectangle, image.Image) {}

// Push implements vg.Canvas.
func (c *inlineCanvas) Push() { c.stack = append(c.stack, c.pen) }

// Pop implements vg.Canvas.
func (c *inlineCanvas) Pop() {
	last := len(c.stack) - 1
	c.pen, c.stack = c.stack[last], c.stack[:last]
}

// Stroke implements vg.Canvas.
func (c *inlineCanvas) Stroke(p vg.Path) {
	if c.pen.width <= 0 {
		return
	}
	attributes := ` stroke-width="` + short(c.pen.width) + `"`
	if len(c.pen.dashes) > 0 {
		var parts []string
		for _, d := range c.pen.dashes {
			parts = append(parts, short(d))
		}
		attributes += ` stroke-dasharray="` + strings.Join(parts, " ") + `"`
	}
	c.add(p, c.attributes("l", "stroke")+attributes)
}

// Fill implements vg.Canvas. The paper is the page's. A disc is the round end of a line without
// length: most of a drawing are dots, and so they take a third of the room.
func (c *inlineCanvas) Fill(p vg.Path) {
	if c.pen.color == (color.NRGBA{0xff, 0xff, 0xff, 0xff}) {
		return
	}
	if at, radius, ok := disc(p); ok {
		c.begin(c.attributes("l d", "stroke") + ` stroke-width="` + short(2*radius) + `"`)
		c.move(at)
		c.path.WriteString("h0")
		return
	}
	c.add(p, c.attributes("f", "fill"))
}

func disc(p vg.Path) (at vg.Point, radius vg.Length, ok bool) {
	for _, part := range p {
		switch part.Type {
		case vg.ArcComp:
			if math.Abs(part.Angle) < 2*math.Pi-1e-6 {
				return at, 0, false
			}
			at, radius = part.Pos, part.Radius
		case vg.MoveComp, vg.CloseComp:
		case vg.LineComp, vg.CurveComp:
			return at, 0, false
		}
	}
	return at, radius, radius > 0
}

func (c *inlineCanvas) attributes(class, property string) string {
	p, ok := c.known[c.pen.color]
	switch {
	case !ok && property == "stroke":
		return fmt.Sprintf(` class="%s" style="stroke:%s"`, class, hex(c.pen.color))
	case !ok:
		return fmt.Sprintf(` style="fill:%s"`, hex(c.pen.color))
	case p.opacity > 0:
		return fmt.Sprintf(` class="%s %s" opacity="%g"`, p.class, class, p.opacity)
	}
	return fmt.Sprintf(` class="%s %s"`, p.class, class)
}

// begin starts an element, unless the last one is painted alike and goes on. What shines through
// stands alone: joined, it would not add up where it overlaps.
func (c *inlineCanvas) begin(attributes string) {
	if c.pending != attributes || c.pen.color.A < 0xff {
		c.flush()
	}
	c.pending = attributes
}

func (c *inlineCanvas) add(p vg.Path, attributes string) {
	c.begin(attributes)
	for _, part := range p {
		c.component(part)
	}
}

func (c *inlineCanvas) flush() {
	if c.path.Len() > 0 {
		fmt.Fprintf(&c.shapes, "<path%s d=\"%s\"/>", c.pending, c.path.String())
	}
	c.path.Reset()
}

func (c *inlineCanvas) component(p vg.PathComp) {
	switch p.Type {
	case vg.MoveComp:
		c.move(p.Pos)
	case vg.LineComp, vg.CurveComp: // nothing of ours is curved
		c.line(p.Pos)
	case vg.ArcComp: // nothing of ours has arcs but discs
	case vg.CloseComp:
		c.path.WriteByte('Z')
	}
}

func (c *inlineCanvas) move(to vg.Point) {
	c.x, c.y = short(to.X), short(c.height-to.Y)
	c.path.WriteString("M" + c.x + " " + c.y)
}

func (c *inlineCanvas) line(to vg.Point) {
	x, y := short(to.X), short(c.height-to.Y)
	switch {
	case x == c.x && y == c.y:
	case y == c.y:
		c.path.WriteString("H" + x)
	case x == c.x:
		c.path.WriteString("V" + y)
	default:
		c.path.WriteString("L" + x + " " + y)
	}
	c.x, c.y = x, y
}

// FillString implements vg.Canvas.
func (c *inlineCanvas) FillString(face font.Face, at vg.Point, s string) {
	sin, cos := math.Sincos(c.pen.turn)
	x := float64(at.X)*cos - float64(at.Y)*sin
	y := float64(c.height) - (float64(at.X)*sin + float64(at.Y)*cos)
	place := fmt.Sprintf(`x="%s" y="%s"`, short(vg.Length(x)), short(vg.Length(y)))
	if c.pen.turn != 0 {
		place = fmt.Sprintf(`transform="translate(%s %s) rotate(%s)"`, short(vg.Length(x)), short(vg.Length(y)), short(vg.Length(-c.pen.turn*180/math.Pi)))
	}
	if size := face.Font.Size; size != tickSize { // InlineStyle's
		place += ` font-size="` + short(size) + `"`
	}
	if c.pen.color != ink {
		place += c.attributes("f", "fill")
	}
	c.texts.WriteString("<text " + place + ">")
	_ = xml.EscapeText(&c.texts, []byte(s)) // a strings.Builder takes everything
	c.texts.WriteString("</text>")
}

// short writes a length to a tenth: a screen's pixel.
func short(l vg.Length) string {
	return strconv.FormatFloat(math.Round(float64(l)*10)/10+0, 'f', -1, 64)
}
