package judge

import (
	"maps"
	"math"
	"slices"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

// A Scale turns a record's value into what an axis shows.
type Scale func(float64) float64

// Per divides by the unit of an axis: Per(1<<20) shows bytes in MiB.
func Per(unit float64) Scale { return func(v float64) float64 { return v / unit } }

// Curve is a measured value against an axis of the cell: at each level the mean of the valid runs
// with its interval, and every run as a dot. The interval is absent where there is one run.
func Curve(name string, t results.Table, axis, value string, scale Scale) chart.Series {
	s := chart.Series{Name: name, Kind: chart.Points}
	for _, level := range Levels(t.Valid(), axis) {
		if runs := t.Valid().Where(axis, level).Values(value); len(runs) > 0 {
			mean, raw := Bar(runs, scale)
			s.X, s.Y, s.Raw = append(s.X, level), append(s.Y, mean), append(s.Raw, raw)
		}
	}
	return s
}

// Over is a figure against something of the trials that is a number: at each of its levels the mean of the valid
// runs with its interval, and every run as a dot. The interval is absent where there is one run.
func (r Records) Over(name string, trials []trial.Trial, axis func(trial.Trial) float64, figure Figure, scale Scale) chart.Series {
	s := chart.Series{Name: name, Kind: chart.Points}
	at := make(map[float64][]float64)
	for _, t := range trials {
		if runs := r.Figures(figure, t); len(runs) > 0 {
			at[axis(t)] = append(at[axis(t)], runs...)
		}
	}
	for _, level := range slices.Sorted(maps.Keys(at)) {
		Put(&s, level, at[level], scale)
	}
	return s
}

// Put adds the mean of some runs at a place, if there are any, with every run's own.
func Put(s *chart.Series, x float64, runs []float64, scale Scale) {
	if len(runs) > 0 {
		mean, raw := Bar(runs, scale)
		s.X, s.Y, s.Raw = append(s.X, x), append(s.Y, mean), append(s.Raw, raw)
	}
}

// Workers and Threads are how many a trial's server has.
func Workers(t trial.Trial) float64 { return float64(t.Server.Workers) }

// Threads are those of a worker.
func Threads(t trial.Trial) float64 { return float64(max(1, t.Server.Threads)) }

// Bar is the mean of some runs' values, scaled, with every run's own.
func Bar(runs []float64, scale Scale) (stat.Interval, []float64) {
	scaled := make([]float64, len(runs))
	for i, v := range runs {
		scaled[i] = scale(v)
	}
	return mean(scaled, Confidence), scaled
}

// Theory is a formula as a dashed line in the colour of the series it explains. It ends where the formula
// has no finite value, as a queue beyond its capacity has none.
func Theory(name, like string, xs []float64, f func(float64) float64) chart.Series {
	s := chart.Series{Name: name, Kind: chart.Line, Like: like}
	for _, x := range xs {
		if y := f(x); !math.IsNaN(y) && !math.IsInf(y, 0) {
			s.X = append(s.X, x)
			s.Y = append(s.Y, stat.Interval{Estimate: y})
		}
	}
	return s
}

// Upto is 1, 2, … to the largest of a series' levels.
func Upto(s chart.Series) []float64 {
	if len(s.X) == 0 {
		return nil
	}
	var xs []float64
	for x := 1.0; x <= slices.Max(s.X); x++ {
		xs = append(xs, x)
	}
	return xs
}

// Bars is one measured value for some named cells, side by side. Cells without runs are left out.
func Bars(name string, cells []string, values [][]float64, scale Scale) (s chart.Series, categories []string) {
	s = chart.Series{Name: name, Kind: chart.Points}
	for i, cell := range cells {
		if len(values[i]) == 0 {
			continue
		}
		mean, raw := Bar(values[i], scale)
		s.X = append(s.X, float64(len(categories)))
		s.Y, s.Raw = append(s.Y, mean), append(s.Raw, raw)
		categories = append(categories, cell)
	}
	return s, categories
}

// Keep returns the charts that show a measurement, without the series that are empty.
func Keep(charts ...chart.Chart) []chart.Chart {
	for i := range charts {
		charts[i].Series = slices.DeleteFunc(charts[i].Series, func(s chart.Series) bool { return len(s.X) == 0 })
	}
	return slices.DeleteFunc(charts, func(c chart.Chart) bool {
		return c.Heat == nil && !slices.ContainsFunc(c.Series, func(s chart.Series) bool { return s.Kind != chart.Line })
	})
}

// Median is the runs' median response time in milliseconds against an axis of the cell.
func Median(name string, t results.Table, axis string) chart.Series {
	const value = "median"
	withMedian := slices.Clone(t.Valid())
	for i := range withMedian {
		r := &withMedian[i]
		if m, ok := P50(r); ok {
			r.Values = map[string]results.Value{value: {Value: m, Unit: "seconds"}}
		}
	}
	return Curve(name, withMedian, axis, value, Per(1e-3))
}
