package chart

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"regexp"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/workerlab/workerlab/results/text"
)

// A Drawing is a chart, or one of its panels, for a page that sets title, legend and caption itself.
// Shapes and Texts are the inside of an svg element, apart, so that texts in several languages can
// share the shapes. Their colours have names, which InlineStyle defines for light and dark.
type Drawing struct {
	Title         string // of the panel; "" if there is but one
	Width, Height float64
	Shapes, Texts string
}

// A LegendSample is a series' entry in a legend: its name, and a picture of how it is drawn.
type LegendSample struct {
	Name, Color string // the colour's name
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
	return drawing(c.Title, width, height, func(area draw.Canvas) {
		panel := newPanel(c, looks, width-70)
		panel.Y.Label.Text = fitText(panel.Y.Label.TextStyle, panel.Y.Label.Text, 0.8*height) // the page's letters may be wider
		panel.Draw(draw.Crop(area, 2, -6, 2, -8))
	})
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
			samples = append(samples, LegendSample{
				e.mark.series.Name, paints()[hex(e.mark.look.color)].name,
				drawing("", e.sample(), 18, func(area draw.Canvas) { e.mark.Thumbnail(&area) }),
			})
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

// InlineStyle is the style sheet of drawings, which are svg elements of class chart: every colour by its name, light
// and dark. The page says by color-scheme which it is.
func InlineStyle() string {
	var b strings.Builder
	b.WriteString(":root{")
	name := func(name string, light color.NRGBA, dark string) {
		fmt.Fprintf(&b, "--%s:light-dark(%s,%s);", name, hex(light), dark)
	}
	name("ink", ink, "#e6e6e6")
	name("muted", muted, "#a8a8a8")
	name("faint", faint, "#3a3d42")
	for i, c := range palette {
		name(seriesColor(i), c, dark[i])
	}
	fmt.Fprintf(&b, "}\n.chart text{font-size:%gpx;fill:var(--ink)}\n", float64(tickSize))
	return b.String()
}

func seriesColor(i int) string { return "s" + strconv.Itoa(i) }

// hex is a colour as vgsvg writes it, which cuts what transparency leaves of it.
func hex(c color.NRGBA) string {
	r, g, b, a := c.RGBA()
	cut := func(part uint32) int { return int(float64(part) * 255 / float64(a)) }
	return fmt.Sprintf("#%02X%02X%02X", cut(r), cut(g), cut(b))
}

// A paint is the name that stands for a colour in a drawing, and how much of it is seen. What has none keeps its
// colour on any ground.
type paint struct {
	name    string
	opacity float64 // 0: all of it
}

// paints knows the colours of figures, mixed with white too; all others keep theirs.
func paints() map[string]paint {
	known := make(map[string]paint)
	add := func(name string, c color.NRGBA) {
		known[hex(faded(c))] = paint{name: name}
		for _, share := range []float64{dotTint, joinTint} {
			known[hex(tint(c, share))] = paint{name, share}
		}
		known[hex(c)] = paint{name: name}
	}
	for i, c := range palette {
		add(seriesColor(i), c)
	}
	add("ink", ink)
	add("muted", muted)
	add("faint", faint)
	return known
}

// drawing is what is drawn onto an area of that size.
func drawing(title string, width, height vg.Length, onto func(draw.Canvas)) Drawing {
	canvas := vgsvg.NewWith(vgsvg.UseWH(width, height))
	onto(draw.New(canvas))
	var b bytes.Buffer
	_, _ = canvas.WriteTo(&b) // a bytes.Buffer takes everything
	shapes, texts := parts(b.String())
	return Drawing{
		title, float64(width), float64(height),
		fmt.Sprintf(`<g transform="matrix(1 0 0 -1 0 %g)">%s</g>`, float64(height), shapes),
		fmt.Sprintf(`<g transform="translate(0 %g)">%s</g>`, float64(height), texts),
	}
}

var (
	shape  = regexp.MustCompile(`<path d="([^"]*)" style="([^"]*)" />`)
	disc   = regexp.MustCompile(`^M([\d.]+),([\d.]+)A([\d.]+),[\d.]+ 0 1 1 [^A]*A[^A]*Z$`)
	turn   = regexp.MustCompile(`<g transform="rotate\(([^)]*)\)">`)
	letter = regexp.MustCompile(`<text (x="[^"]*" y="[^"]*") transform="[^"]*"\s+style="([^"]*)">(.*)`)
	digits = regexp.MustCompile(`\d+\.\d+`)
)

// parts are the paths of vgsvg's document, which is upside down, and its texts, which are not and alone are turned, in
// the page's colours. Paths that are painted alike become one, unless others shine through them: joined, they would not
// add up where they overlap. A disc is the round end of a line without length: most of a drawing are dots, and so
// they take a quarter of the room.
func parts(svg string) (shapes, texts string) {
	var paths, rest strings.Builder
	known, last := paints(), ""
	lines := strings.Split(strings.ReplaceAll(svg, "\n\t", " "), "\n")
	for _, line := range lines[4 : len(lines)-3] { // within the svg element and its group
		if m := letter.FindStringSubmatch(line); m != nil {
			rest.WriteString("<text " + tenths(m[1]) + themed(m[2], known) + ">" + m[3])
			continue
		}
		m := shape.FindStringSubmatch(line)
		if m == nil { // a group
			rest.WriteString(turn.ReplaceAllString(line, `<g transform="rotate(-$1)">`))
			continue
		}
		path, style := m[1], m[2]
		if d := disc.FindStringSubmatch(path); d != nil {
			right, radius := parsed(d[1]), parsed(d[3])
			path = fmt.Sprintf("M%g,%sh0", right-radius, d[2])
			style = fmt.Sprintf("%s;stroke-width:%g;stroke-linecap:round", strings.ReplaceAll(style, "fill", "stroke"), 2*radius)
		}
		switch {
		case style == "fill:"+hex(paper): // the page's
		case style == last && !strings.Contains(last, "opacity"):
			paths.WriteString(tenths(path))
		default:
			if last != "" {
				paths.WriteString(`"/>`)
			}
			paths.WriteString("<path" + themed(style, known) + ` d="` + tenths(path))
			last = style
		}
	}
	if last != "" {
		paths.WriteString(`"/>`)
	}
	return paths.String(), rest.String()
}

// themed is a style with colours by name and without the page's own font, as an attribute; "" where nothing is left.
func themed(style string, known map[string]paint) string {
	var kept []string
	for part := range strings.SplitSeq(style, ";") {
		property, value, _ := strings.Cut(part, ":")
		p, named := known[value]
		switch {
		case property == "font-size" && value != fmt.Sprintf("%gpx", float64(tickSize)):
			kept = append(kept, part)
		case strings.HasPrefix(property, "font-"), strings.HasPrefix(style, "font-") && p.name == "ink":
		case !named:
			kept = append(kept, part)
		default:
			kept = append(kept, property+":var(--"+p.name+")")
			if p.opacity > 0 {
				kept = append(kept, fmt.Sprintf("%s-opacity:%g", property, p.opacity))
			}
		}
	}
	if len(kept) == 0 {
		return ""
	}
	return ` style="` + strings.Join(kept, ";") + `"`
}

// tenths are coordinates to a tenth: a screen's pixel.
func tenths(s string) string {
	return digits.ReplaceAllStringFunc(s, func(figure string) string {
		return strconv.FormatFloat(math.Round(10*parsed(figure))/10, 'f', -1, 64)
	})
}

func parsed(s string) float64 {
	x, _ := strconv.ParseFloat(s, 64) // of digits
	return x
}
