package chart

import (
	"math"
	"strings"
	"unicode"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// letters sets text as text.Plain does, but also knows how wide the scripts are that the font for
// measuring lacks: their glyphs fill nearly a square, as its W does.
type letters struct{ text.Plain }

var _ text.Handler = letters{}

func newLetters() letters { return letters{text.Plain{Fonts: plot.DefaultTextHandler.Cache()}} }

func (l letters) width(txt string, fnt font.Font) vg.Length {
	face := l.Fonts.Lookup(fnt, fnt.Size)
	return face.Width(strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Hangul, unicode.Han, unicode.Hiragana, unicode.Katakana) {
			return 'W'
		}
		return r
	}, txt))
}

// Box implements text.Handler.
func (l letters) Box(txt string, fnt font.Font) (width, height, depth vg.Length) {
	_, height, depth = l.Plain.Box(txt, fnt)
	return l.width(txt, fnt), height, depth
}

// Draw implements text.Handler.
func (l letters) Draw(c vg.Canvas, txt string, style text.Style, at vg.Point) {
	txt = strings.TrimRight(txt, "\n")
	if txt == "" {
		return
	}
	face := l.Fonts.Lookup(style.Font, style.Font.Size)
	c.SetColor(style.Color)
	if style.Rotation != 0 {
		c.Push()
		defer c.Pop()
		c.Rotate(style.Rotation)
	}
	sin, cos := math.Sincos(style.Rotation)
	at = vg.Point{X: at.Y*vg.Length(sin) + at.X*vg.Length(cos), Y: at.Y*vg.Length(cos) - at.X*vg.Length(sin)}
	at.Y += style.Height(txt)*vg.Length(style.YAlign) - face.Extents().Ascent
	lines := l.Lines(txt)
	for i, line := range lines {
		aside := vg.Length(style.XAlign) * l.width(line, style.Font)
		up := vg.Length(len(lines)-i) * style.Font.Size
		c.FillString(face, at.Add(vg.Point{X: aside, Y: up}), line)
	}
}
