package analysis

import (
	"io"

	"github.com/workerlab/workerlab/results"
)

// A Kind says how a series is drawn.
type Kind int

// The kinds of series.
const (
	Points Kind = iota // measured: a mark with its interval, every run's own value a faint dot
	Line               // theory: a dashed line without marks
)

// A Chart is one figure. Its series are drawn in order, each in a colour and shape of its own that
// follows its name, so that it is the same in every panel.
type Chart struct {
	ID      string // the file's name without its ending
	Title   string // what is to be seen, in a few words
	XLabel  string // with the unit in parentheses
	YLabel  string
	Caption string // under the figure: the host, the seed, what dots and bars are
	LogX    bool   // values at or below zero are drawn at the axis's lower end
	LogY    bool
	FromTo  [2]float64 // the Y axis's ends where given (to > from); else from zero, or, if LogY, around the data
	// Categories, where there are any, name the positions 0, 1, 2 … of the X axis.
	Categories []string
	Series     []Series
	// Panels, where there are any, stand side by side instead of the chart's own axes and series,
	// each with its title; they share the chart's title, caption and legend.
	Panels []Chart
}

// A Series is what one name in the legend stands for.
type Series struct {
	Name string
	Kind Kind
	X    []float64
	Y    []results.Interval // at each X; Confidence 0 draws no bar
	Raw  [][]float64        // every run's value at each X; may be empty
	Like string             // the series whose colour it takes, as theory beside its measurement; "": its own
}

// WriteSVG writes the chart to path as SVG, the canonical form. Equal charts make equal files.
func (c *Chart) WriteSVG(path string) error { return results.WriteFile(path, c.SVG) }

// WritePNG writes the chart to path as PNG, 1400 pixels wide.
func (c *Chart) WritePNG(path string) error { return results.WriteFile(path, c.PNG) }

// SVG writes the chart to w as SVG.
func (c *Chart) SVG(w io.Writer) error { return nil }

// PNG writes the chart to w as PNG.
func (c *Chart) PNG(w io.Writer) error { return nil }
