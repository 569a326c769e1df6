package chart

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/workerlab/workerlab/results/stat"
)

// A Heat is a table of cells, the darker the higher, each with its figure written into it.
type Heat struct {
	X, Y []string    // the columns' names from the left, the rows' from the bottom
	Z    [][]float64 // Z[row][column]; NaN: no value
	Unit string      // of Z, as in Format; it goes with every figure
	// Mark, if any, frames cells; Marks says what a frame means: "2 × cores + 1 workers".
	Mark  [][]bool
	Marks string
}

func (h *Heat) check() error {
	if len(h.Z) != len(h.Y) {
		return stat.Domain("%d rows of figures for %d names", len(h.Z), len(h.Y))
	}
	if len(h.Mark) > 0 && len(h.Mark) != len(h.Y) {
		return stat.Domain("%d rows of frames for %d names", len(h.Mark), len(h.Y))
	}
	for row, figures := range h.Z {
		if len(figures) != len(h.X) || len(h.Mark) > 0 && len(h.Mark[row]) != len(h.X) {
			return stat.Domain("row %d is not of %d columns", row, len(h.X))
		}
		for column, z := range figures {
			if math.Abs(z) > maxSize {
				return stat.Domain("cell (%d, %d) is %v", row, column, z)
			}
		}
	}
	return nil
}

// onto sets up the axes of p, which are categories both, and adds the cells.
func (h *Heat) onto(c *Chart, p *plot.Plot, width vg.Length) {
	p.X.Min, p.X.Max = -0.5, max(float64(len(h.X)), 1)-0.5
	p.Y.Min, p.Y.Max = -0.5, max(float64(len(h.Y)), 1)-0.5
	p.X.Tick.Marker, p.Y.Tick.Marker = atNames(nil), atNames(h.Y)
	if len(h.X) > 0 {
		p.X.Tick.Marker = nameTicks(h.X, &p.X.Tick.Label, width)
	}
	p.X.LineStyle.Width, p.Y.LineStyle.Width, p.X.Tick.Length, p.Y.Tick.Length = 0, 0, 0, 0
	p.X.Padding, p.Y.Padding = 4, 2
	low, high := h.ends(c.FromTo)
	p.Add(heatCells{h, low, high})
}

// ends are the figures at the ends of the colours.
func (h *Heat) ends(asked [2]float64) (low, high float64) {
	if asked[1] > asked[0] {
		return asked[0], asked[1]
	}
	e := extremes{low: math.Inf(1), high: math.Inf(-1)}
	for _, row := range h.Z {
		e.see(row...)
	}
	return e.low, e.high
}

type heatCells struct {
	*Heat
	low, high float64
}

const (
	cellGap    = vg.Length(1.5)
	frameWidth = vg.Length(2.6)
)

// Plot implements plot.Plotter.
func (h heatCells) Plot(c draw.Canvas, p *plot.Plot) {
	t := transform{&c, p}
	for row, figures := range h.Z {
		for column, z := range figures {
			h.cell(t, row, column, z)
		}
	}
	for row, marked := range h.Mark { // over the neighbours' cells
		for column, yes := range marked {
			if yes {
				h.frame(t, row, column)
			}
		}
	}
}

func corners(t transform, row, column int, inset vg.Length) []vg.Point {
	a, b := t.at(float64(column)-0.5, float64(row)-0.5), t.at(float64(column)+0.5, float64(row)+0.5)
	a, b = a.Add(vg.Point{X: inset, Y: inset}), b.Sub(vg.Point{X: inset, Y: inset})
	return []vg.Point{a, {X: b.X, Y: a.Y}, b, {X: a.X, Y: b.Y}}
}

func (h heatCells) cell(t transform, row, column int, z float64) {
	ground, letters, figure := faint, ink, "–"
	if !math.IsNaN(z) {
		ground, figure = h.shade(z), stat.Format(z, h.Unit)
		letters = lettersOn(ground)
	}
	box := corners(t, row, column, cellGap/2)
	t.FillPolygon(ground, box)
	style := textStyle(tickSize, letters)
	for _, size := range []vg.Length{tickSize, 0.85 * tickSize, 0.7 * tickSize} {
		if style.Font.Size = size; style.Width(figure) < box[2].X-box[0].X-4 {
			break
		}
	}
	style.XAlign, style.YAlign = draw.XCenter, text.YAlignment(-0.5)
	middle := vg.Point{X: (box[0].X + box[2].X) / 2, Y: (box[0].Y + box[2].Y) / 2}
	t.FillText(style, middle, figure)
}

func (h heatCells) frame(t transform, row, column int) {
	box := corners(t, row, column, frameWidth/2)
	t.StrokeLines(draw.LineStyle{Color: frameColor, Width: frameWidth}, append(box, box[0], box[1]))
}

// shades lead from low to high: one hue, so that they read in grey and to the colour-blind alike.
var shades = []color.NRGBA{
	{0xe8, 0xf1, 0xf8, 0xff}, {0xb3, 0xd3, 0xea, 0xff}, {0x6a, 0xab, 0xd6, 0xff}, {0x24, 0x7a, 0xb8, 0xff}, {0x08, 0x3f, 0x76, 0xff},
}

// What stands on a shade keeps its colour, whatever the page around it: these are not ink and white.
var (
	darkLetters  = color.NRGBA{0x1b, 0x1b, 0x1b, 0xff}
	lightLetters = color.NRGBA{0xfc, 0xfc, 0xfc, 0xff}
	frameColor   = color.NRGBA{0xd9, 0x5f, 0x02, 0xff}
)

func (h heatCells) shade(z float64) color.NRGBA {
	at := 0.5
	if h.high > h.low {
		at = min(max((z-h.low)/(h.high-h.low), 0), 1)
	}
	at *= float64(len(shades) - 1)
	i := min(int(at), len(shades)-2)
	a, b, share := shades[i], shades[i+1], at-float64(i)
	mix := func(a, b uint8) uint8 { return uint8(float64(a) + (float64(b)-float64(a))*share + 0.5) }
	return color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 0xff}
}

// lettersOn picks the letters that contrast more with a ground, by relative luminance (WCAG 2.2).
func lettersOn(ground color.NRGBA) color.NRGBA {
	linear := func(v uint8) float64 { return math.Pow(float64(v)/255, 2.2) }
	luminance := 0.2126*linear(ground.R) + 0.7152*linear(ground.G) + 0.0722*linear(ground.B)
	if luminance > 0.179 { // where 1.05/(L+0.05) = (L+0.05)/0.05
		return darkLetters
	}
	return lightLetters
}
