package chart

import (
	"image/color"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// palette is Okabe and Ito's, which people with any common colour blindness can tell apart (Color
// Universal Design, 2008; Wong, Nature Methods 8 (2011) 441), without its yellow, too pale on white.
var palette = []color.NRGBA{
	{0x00, 0x72, 0xB2, 0xff}, // blue
	{0xD5, 0x5E, 0x00, 0xff}, // vermilion
	{0x00, 0x9E, 0x73, 0xff}, // bluish green
	{0xCC, 0x79, 0xA7, 0xff}, // reddish purple
	{0xE6, 0x9F, 0x00, 0xff}, // orange
	{0x56, 0xB4, 0xE9, 0xff}, // sky blue
	{0x00, 0x00, 0x00, 0xff}, // black
}

// shapes differ too: colour is never the only mark.
var shapes = []draw.GlyphDrawer{
	draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}, diamondGlyph{}, wedgeGlyph{}, draw.CircleGlyph{}, draw.BoxGlyph{},
}

// dashes of theory lines, so that several can be told apart.
var dashes = [][]vg.Length{{7, 4}, {2, 3}, {10, 3, 2, 3}, {4, 2}}

var (
	ink   = color.NRGBA{0x22, 0x22, 0x22, 0xff}
	muted = color.NRGBA{0x55, 0x55, 0x55, 0xff}
	faint = color.NRGBA{0xe4, 0xe4, 0xe4, 0xff}
	paper = color.NRGBA{0xff, 0xff, 0xff, 0xff}
)

// tint mixes a colour with white, so that no transparency is needed: share 0 is white.
func tint(c color.NRGBA, share float64) color.NRGBA {
	mix := func(v uint8) uint8 { return uint8(255 - (255-float64(v))*share + 0.5) }
	return color.NRGBA{mix(c.R), mix(c.G), mix(c.B), 0xff}
}

// Shares of a colour in the dots of single runs and in the lines that join marks.
const (
	dotTint  = 0.4
	joinTint = 0.45
)

// faded is a colour through which others are seen.
func faded(c color.NRGBA) color.NRGBA { return color.NRGBA{c.R, c.G, c.B, 0x26} }

// look is how a series is drawn wherever its name appears.
type look struct {
	color  color.NRGBA
	shape  draw.GlyphDrawer
	dashes []vg.Length
}

// looks gives every name in the panels its look, in order of appearance.
func looks(panels []Chart) map[string]look {
	out := make(map[string]look)
	var points, lines int
	eachSeries(panels, func(s *Series) {
		if _, seen := out[s.Name]; seen {
			return
		}
		l := look{color: palette[points%len(palette)], shape: shapes[points%len(shapes)], dashes: dashes[lines%len(dashes)]}
		if s.Kind == Line || s.Kind == Limit {
			l.color = muted
			lines++
		} else {
			points++
		}
		out[s.Name] = l
	})
	eachSeries(panels, func(s *Series) {
		if like, ok := out[s.Like]; ok && s.Like != "" {
			l := out[s.Name]
			l.color = like.color
			out[s.Name] = l
		}
	})
	return out
}

func eachSeries(panels []Chart, visit func(*Series)) {
	for i := range panels {
		for k := range panels[i].Series {
			visit(&panels[i].Series[k])
		}
	}
}

func textStyle(size vg.Length, clr color.Color) text.Style {
	return text.Style{
		Color:   clr,
		Font:    font.Font{Typeface: "Liberation", Variant: "Sans", Size: size},
		XAlign:  draw.XLeft,
		YAlign:  draw.YTop,
		Handler: newLetters(),
	}
}

// diamondGlyph draws a filled square on its corner.
type diamondGlyph struct{}

// DrawGlyph implements draw.GlyphDrawer.
func (diamondGlyph) DrawGlyph(c *draw.Canvas, sty draw.GlyphStyle, pt vg.Point) {
	fill(c, pt, sty.Radius*1.2, [][2]float64{{0, 1}, {1, 0}, {0, -1}, {-1, 0}})
}

// wedgeGlyph draws a filled triangle on its tip.
type wedgeGlyph struct{}

// DrawGlyph implements draw.GlyphDrawer.
func (wedgeGlyph) DrawGlyph(c *draw.Canvas, sty draw.GlyphStyle, pt vg.Point) {
	fill(c, pt, sty.Radius*1.25, [][2]float64{{0, -1}, {0.87, 0.5}, {-0.87, 0.5}})
}

func fill(c *draw.Canvas, at vg.Point, r vg.Length, corners [][2]float64) {
	var p vg.Path
	for i, corner := range corners {
		pt := vg.Point{X: at.X + r*vg.Length(corner[0]), Y: at.Y + r*vg.Length(corner[1])}
		if i == 0 {
			p.Move(pt)
		} else {
			p.Line(pt)
		}
	}
	p.Close()
	c.Fill(p)
}
