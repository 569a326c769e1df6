package chart

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"regexp"

	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
)

// A Kind says how a series is drawn.
type Kind int

// The kinds of series.
const (
	Points Kind = iota // measured: a mark with its interval, every run's own value a faint dot
	Line               // theory: a dashed line without marks
	Steps              // measured over time: from each X the value holds until the next; no marks
	Limit              // what is asked for: a dashed line without marks, whose name says it all
)

// A Chart is one figure. Its series are drawn in order, each in a colour and shape of its own that
// follows its name, so that it is the same in every panel.
type Chart struct {
	ID      string // the file's name without its ending
	Title   string // what is to be seen, in a few words
	XLabel  string // with the unit in parentheses
	YLabel  string
	Caption string     // under the figure: the host and the seed; what dots and bars are is added
	LogX    bool       // values at or below zero are drawn at the axis's lower end
	LogY    bool       //
	FromTo  [2]float64 // the Y axis's ends where to > from; else from zero, or, if LogY, around the data
	// Categories, where there are any, name the positions 0, 1, 2 … of the X axis.
	Categories []string
	Series     []Series
	Heat       *Heat // instead of series: a table of cells; FromTo are then the ends of its colours
	// Panels, where there are any, stand side by side instead of the chart's own axes and series,
	// each with its title; they share the chart's title, caption and legend. Three at most read well.
	Panels []Chart
	// Rows is how many panels stand below each other, one column after the other; 0: one.
	Rows int
}

// A Series is what one name in the legend stands for.
type Series struct {
	Name string
	Kind Kind
	X    []float64
	Y    []stat.Interval // at each X; Confidence 0 draws no bar
	Raw  [][]float64     // every run's value at each X; may be empty
	Like string          // the series whose colour it takes, as theory beside its measurement; "": its own
	// Apart says that Points have no order: no line joins them and no band their intervals.
	Apart bool
}

// WriteSVG writes the chart to path as SVG, the canonical form. Equal charts make equal files.
func (c *Chart) WriteSVG(path string) error { return results.WriteFile(path, c.SVG) }

// WritePNG writes the chart to path as PNG, 1400 pixels wide.
func (c *Chart) WritePNG(path string) error { return results.WriteFile(path, c.PNG) }

// SVG writes the chart to w as SVG.
func (c *Chart) SVG(w io.Writer) error {
	p, err := newPage(c)
	if err != nil {
		return err
	}
	canvas := vgsvg.NewWith(vgsvg.UseWH(p.width, p.height))
	p.draw(draw.New(canvas))
	var text bytes.Buffer
	if _, err := canvas.WriteTo(&text); err != nil {
		return fmt.Errorf("chart %s: %w", c.ID, err)
	}
	_, err = w.Write(withFallbackFonts(text.Bytes()))
	return err
}

// PNG writes the chart to w as PNG.
func (c *Chart) PNG(w io.Writer) error {
	p, err := newPage(c)
	if err != nil {
		return err
	}
	canvas := vgimg.NewWith(vgimg.UseWH(p.width, p.height), vgimg.UseDPI(p.dpi))
	p.draw(draw.New(canvas))
	if _, err := (vgimg.PngCanvas{Canvas: canvas}).WriteTo(w); err != nil {
		return fmt.Errorf("chart %s: %w", c.ID, err)
	}
	return nil
}

// maxSize is the largest figure that is drawn: beyond it ranges overflow, and no unit needs it.
const maxSize = 1e100

// check returns what makes the chart impossible to draw.
func (c *Chart) check() error {
	if c.Rows > 1 && len(c.Panels)%c.Rows > 0 {
		return stat.Domain("chart %s: %d panels in columns of %d", c.ID, len(c.Panels), c.Rows)
	}
	for i := range c.Panels {
		if len(c.Panels[i].Panels) > 0 {
			return stat.Domain("chart %s: panels within panels", c.ID)
		}
		if err := c.Panels[i].check(); err != nil {
			return fmt.Errorf("chart %s, panel %d: %w", c.ID, i+1, err)
		}
	}
	for _, s := range c.Series {
		if err := s.check(len(c.Categories)); err != nil {
			return fmt.Errorf("chart %s, series %q: %w", c.ID, s.Name, err)
		}
	}
	if c.Heat == nil {
		return nil
	}
	if len(c.Series) > 0 {
		return stat.Domain("chart %s: series beside a heat map", c.ID)
	}
	if err := c.Heat.check(); err != nil {
		return fmt.Errorf("chart %s, heat map: %w", c.ID, err)
	}
	return nil
}

func (s *Series) check(categories int) error {
	if len(s.X) != len(s.Y) {
		return stat.Domain("%d x for %d y", len(s.X), len(s.Y))
	}
	if len(s.Raw) > 0 && len(s.Raw) != len(s.X) {
		return stat.Domain("%d x for %d lists of runs", len(s.X), len(s.Raw))
	}
	for i, x := range s.X {
		if !(math.Abs(x) <= maxSize) || !(math.Abs(s.Y[i].Estimate) <= maxSize) {
			return stat.Domain("point %d is (%v, %v)", i, x, s.Y[i].Estimate)
		}
		if categories > 0 && (x < 0 || x > float64(categories-1)) {
			return stat.Domain("point %d stands at %v of %d categories", i, x, categories)
		}
	}
	return nil
}

// panels returns what is drawn side by side: the panels, or the chart itself.
func (c *Chart) panels() []Chart {
	if len(c.Panels) > 0 {
		return c.Panels
	}
	alone := *c
	alone.Title = ""
	return []Chart{alone}
}

var fontFamily = regexp.MustCompile(`font-family:([^;"]*)`)

// withFallbackFonts names fonts of the same widths for readers without Liberation: a browser would
// take a serif one, and labels would run into each other.
func withFallbackFonts(svg []byte) []byte {
	return fontFamily.ReplaceAll(svg, []byte("font-family:$1,Arial,Helvetica,sans-serif"))
}
