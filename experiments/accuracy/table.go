package accuracy

import (
	"math"
	"slices"
	"time"

	"github.com/workerlab/workerlab/models/capacity"
)

// A Row is one of the things asked of the predictions, and what was reached.
type Row struct {
	What   string  `json:"what"`
	Cells  int     `json:"cells"`
	Median float64 `json:"median"` // share: of the errors, or of the cells within their interval
	P90    float64 `json:"p90"`    // of the errors; 0 for intervals
	Goal   string  `json:"goal"`
	Met    bool    `json:"met"`
}

// A figure is one that is predicted: its range, and what a run measured.
type figure struct {
	of       func(capacity.Outcome) capacity.Range
	measured func(capacity.Run) float64
}

var (
	throughput = figure{func(o capacity.Outcome) capacity.Range { return o.Throughput }, func(r capacity.Run) float64 { return r.Throughput }}
	p50        = figure{func(o capacity.Outcome) capacity.Range { return o.P50 }, func(r capacity.Run) float64 { return r.P50.Seconds() }}
	p99        = figure{func(o capacity.Outcome) capacity.Range { return o.P99 }, func(r capacity.Run) float64 { return r.P99.Seconds() }}
	memory     = figure{func(o capacity.Outcome) capacity.Range { return capacity.Range{Value: o.Memory} }, func(r capacity.Run) float64 { return float64(r.PSS) }}
)

// Table says what was reached.
func Table(results []Result) []Row {
	saturated, open := split(results)
	rows := []Row{
		errorsOf("saturation throughput", saturated, throughput, 0.05, 0.10, "median ≤ 5 %, p90 ≤ 10 %"),
		errorsOf("p50 at 50 and 75 % load", open, p50, 0.10, math.Inf(1), "median ≤ 10 %"),
		errorsOf("p99 at 50 and 75 % load", open, p99, 0.15, math.Inf(1), "median ≤ 15 %"),
		errorsOf("memory (PSS)", results, memory, 0.05, 0.10, "median ≤ 5 %, p90 ≤ 10 %"),
	}
	return append(rows, coverage(saturated, open))
}

func split(results []Result) (saturated, open []Result) {
	for _, r := range results {
		if r.Cell.Load == 0 {
			saturated = append(saturated, r)
		} else {
			open = append(open, r)
		}
	}
	return saturated, open
}

func errorsOf(what string, results []Result, f figure, median, p90 float64, goal string) Row {
	var errors []float64
	for _, r := range results {
		errors = append(errors, r.err(f))
	}
	row := Row{What: what, Cells: len(errors), Goal: goal}
	if len(errors) == 0 {
		return row
	}
	slices.Sort(errors)
	row.Median, row.P90 = quantile(errors, 0.5), quantile(errors, 0.9)
	row.Met = row.Median <= median && row.P90 <= p90
	return row
}

// err is the error of a figure as a share of what was measured, in the mean of the repetitions.
func (r Result) err(f figure) float64 {
	return math.Abs(f.of(r.Predicted).Value/f.measured(r.Mean()) - 1)
}

// coverage is how many measurements lie in the intervals that should hold nine of ten: of the throughput at
// saturation, and of the percentiles of open loads.
func coverage(saturated, open []Result) Row {
	row := Row{What: "90 % intervals", Goal: "hold 85–95 %"}
	held := 0
	count := func(results []Result, f figure) {
		for _, r := range results {
			for _, run := range r.Measured {
				row.Cells++
				if i := f.of(r.Predicted); i.Low <= f.measured(run) && f.measured(run) <= i.High {
					held++
				}
			}
		}
	}
	count(saturated, throughput)
	count(open, p50)
	count(open, p99)
	if row.Cells > 0 {
		row.Median = float64(held) / float64(row.Cells)
		row.Met = row.Median >= 0.85 && row.Median <= 0.95
	}
	return row
}

// quantile of sorted values.
func quantile(sorted []float64, q float64) float64 {
	return sorted[max(0, int(math.Ceil(q*float64(len(sorted))))-1)]
}

// Mean is the mean of the repetitions.
func (r Result) Mean() (mean capacity.Run) {
	n := len(r.Measured)
	for _, run := range r.Measured {
		mean.Throughput += run.Throughput / float64(n)
		mean.P50 += run.P50 / time.Duration(n)
		mean.P99 += run.P99 / time.Duration(n)
		mean.PSS += run.PSS / uint64(n)
	}
	return mean
}
