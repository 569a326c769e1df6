package chart

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
)

// niceTicks labels round values: 1, 2 or 5 times a power of ten apart, about six of them.
type niceTicks struct{}

// Ticks implements plot.Ticker.
func (niceTicks) Ticks(low, high float64) []plot.Tick {
	step := niceStep((high - low) / 6)
	var ticks []plot.Tick
	first := math.Ceil(low/step - 1e-9)
	for i := range 20 { // seven at most, but for a range that is lost in rounding
		value := (first+float64(i))*step + 0 // never −0
		if value > high+step*1e-9 {
			break
		}
		ticks = append(ticks, plot.Tick{Value: value, Label: tickLabel(value)})
	}
	return ticks
}

func niceStep(raw float64) float64 {
	if !(raw > 0) {
		return 1
	}
	decade := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5} {
		if raw <= m*decade*(1+1e-9) {
			return m * decade
		}
	}
	return 10 * decade
}

// logTicks labels decades where at least three are in range, else 1, 2 and 5 times each, else round
// values: some tick always has its label.
type logTicks struct{}

// Ticks implements plot.Ticker.
func (logTicks) Ticks(low, high float64) []plot.Tick {
	decades := logGrid(low, high, 1)
	if len(decades) >= 3 {
		return withMinor(decades, logGrid(low, high, 2, 3, 4, 5, 6, 7, 8, 9))
	}
	if fine := logGrid(low, high, 1, 2, 5); len(fine) >= 3 {
		return withMinor(fine, logGrid(low, high, 3, 4, 6, 7, 8, 9))
	}
	return niceTicks{}.Ticks(low, high)
}

func logGrid(low, high float64, multiples ...float64) []float64 {
	var grid []float64
	for e := math.Floor(math.Log10(low)); e <= math.Ceil(math.Log10(high)); e++ {
		for _, m := range multiples {
			if v := m * math.Pow(10, e); v >= low*(1-1e-9) && v <= high*(1+1e-9) {
				grid = append(grid, v)
			}
		}
	}
	return grid
}

func withMinor(major, minor []float64) []plot.Tick {
	var ticks []plot.Tick
	for _, v := range major {
		ticks = append(ticks, plot.Tick{Value: v, Label: tickLabel(v)})
	}
	for _, v := range minor {
		ticks = append(ticks, plot.Tick{Value: v})
	}
	return ticks
}

// atValues labels exactly the values that were tried.
type atValues []float64

// Ticks implements plot.Ticker.
func (a atValues) Ticks(_, _ float64) []plot.Tick { return withMinor(a, nil) }

// atNames labels the positions 0, 1, 2 … with names.
type atNames []string

// Ticks implements plot.Ticker.
func (a atNames) Ticks(_, _ float64) []plot.Tick {
	ticks := make([]plot.Tick, len(a))
	for i, name := range a {
		ticks[i] = plot.Tick{Value: float64(i), Label: name}
	}
	return ticks
}

// maxTicks is how many values tried can all be labelled, and minGap how far apart they must be, as a
// share of the axis.
const (
	maxTicks = 10
	minGap   = 0.035
)

// valuesTried returns the distinct x of measured points as ticks, as long as all their labels find
// room.
func valuesTried(c *Chart, low, high float64) (atValues, bool) {
	var xs []float64
	for _, s := range c.Series {
		if s.Kind == Points && !s.Apart {
			xs = append(xs, s.X...)
		}
	}
	slices.Sort(xs)
	xs = slices.Compact(xs)
	if c.LogX {
		xs = slices.DeleteFunc(xs, func(x float64) bool { return x <= 0 })
	}
	if len(xs) < 2 || len(xs) > maxTicks {
		return nil, false
	}
	place := func(x float64) float64 { return (x - low) / (high - low) }
	if c.LogX {
		place = func(x float64) float64 { return math.Log(x/low) / math.Log(high/low) }
	}
	for i := 1; i < len(xs); i++ {
		if place(xs[i])-place(xs[i-1]) < minGap {
			return nil, false
		}
	}
	return xs, true
}

// tickLabel writes a number without an exponent, thousands set apart: 12 000, 0.05.
func tickLabel(x float64) string {
	if size := math.Abs(x); size != 0 && (size < 1e-4 || size >= 1e9) {
		return strconv.FormatFloat(x, 'g', 3, 64)
	}
	text := strconv.FormatFloat(math.Round(x*1e6)/1e6, 'f', -1, 64)
	whole, fraction, _ := strings.Cut(text, ".")
	if len(whole) > 4 {
		for i := len(whole) - 3; i > 0 && whole[i-1] != '-'; i -= 3 {
			whole = whole[:i] + "\u00a0" + whole[i:]
		}
	}
	if fraction == "" {
		return whole
	}
	return whole + "." + fraction
}
