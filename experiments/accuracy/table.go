package accuracy

import (
	"fmt"
	"math"
	"slices"

	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/results/stat"
)

// A Row is one of the things asked of the predictions, and what was reached.
type Row struct {
	What    string `json:"what"`
	Cells   int    `json:"cells"` // that it is of
	Reached string `json:"reached"`
	Goal    string `json:"goal"`
	Met     bool   `json:"met"`

	// Value is what was reached as a number: the median of the errors, or a share.
	Value float64 `json:"value"`
}

// A figure is one that is predicted: its range, and what a run measured.
type figure struct {
	name     string
	of       func(capacity.Outcome) stat.Interval
	measured func(capacity.Run) float64
}

var (
	throughput = figure{"throughput", func(o capacity.Outcome) stat.Interval { return o.Throughput }, func(r capacity.Run) float64 { return r.Throughput }}
	p50        = figure{"p50", func(o capacity.Outcome) stat.Interval { return o.P50 }, func(r capacity.Run) float64 { return r.P50.Seconds() }}
	p95        = figure{"p95", func(o capacity.Outcome) stat.Interval { return o.P95 }, func(r capacity.Run) float64 { return r.P95.Seconds() }}
	p99        = figure{"p99", func(o capacity.Outcome) stat.Interval { return o.P99 }, func(r capacity.Run) float64 { return r.P99.Seconds() }}
	memory     = figure{"memory", func(o capacity.Outcome) stat.Interval { return stat.Interval{Estimate: o.Memory} }, func(r capacity.Run) float64 { return float64(r.PSS) }}
)

// Table says what was reached.
func Table(results []Result) []Row {
	saturated := chosen(results, func(c Cell) bool { return c.saturated() })
	open := chosen(results, func(c Cell) bool { return c.Load >= 0.5 })
	convoys := chosen(results, func(c Cell) bool { return c.Size == convoy().size })
	edges := chosen(results, func(c Cell) bool { return c.Edge > 0 })
	borders := bordersOf(append(slices.Clone(open), edges...))
	rows := []Row{
		errorsOf("throughput at saturation", saturated, throughput, predicted, 0.05, 0.10),
		errorsOf("p50 at 50 and 75 % load", open, p50, predicted, 0.10, 0.20),
		errorsOf("p99 at 50 and 75 % load", open, p99, predicted, 0.15, 0.30),
		edgesOf(borders),
	}
	for _, f := range []figure{p50, p95, p99} {
		rows = append(rows, errorsOf("sync, the same arrivals: "+f.name, replayed(open), f, again, 0.05, 0.10))
	}
	rows = append(rows, errorsOf("memory (PSS)", saturated, memory, predicted, 0.05, 0.10), penalty(convoys),
		coverage(saturated, open), safe(append(slices.Clone(open), edges...)), best(borders))
	return append(rows, ablations(saturated, open)...)
}

func chosen(results []Result, which func(Cell) bool) (some []Result) {
	for _, r := range results {
		if which(r.Cell) {
			some = append(some, r)
		}
	}
	return some
}

func replayed(results []Result) (some []Result) {
	for _, r := range results {
		if len(r.Replayed) > 0 {
			some = append(some, r)
		}
	}
	return some
}

// predicted is the middle of what was predicted of a figure.
func predicted(r Result, f figure) float64 { return f.of(r.Predicted).Estimate }

// again is likewise, in the mean of the repetitions' own arrivals.
func again(r Result, f figure) (mean float64) {
	for _, o := range r.Replayed {
		mean += f.of(o).Estimate / float64(len(r.Replayed))
	}
	return mean
}

// errorsOf holds errors, as shares of what was measured in the mean of the repetitions, to a median and to what
// nine of ten have to keep. Of these a cell is granted twice its variation from run to run.
func errorsOf(what string, results []Result, f figure, value func(Result, figure) float64, median, most float64) Row {
	misses := make([]miss, len(results))
	for i, r := range results {
		misses[i] = miss{f.off(r, value), variation(f.values(r))}
	}
	return heldTo(what, misses, median, most)
}

// A miss is by how much a prediction is off, as a share of what was measured, and how much that varies.
type miss struct{ off, variation float64 }

func heldTo(what string, misses []miss, median, most float64) Row {
	row := Row{What: what, Cells: len(misses), Goal: fmt.Sprintf("median ≤ %.0f %%, nine of ten ≤ %.0f %%", 100*median, 100*most)}
	if len(misses) == 0 {
		return row.without()
	}
	kept := 0
	var errors []float64
	for _, m := range misses {
		errors = append(errors, m.off)
		if m.off <= max(most, 2*m.variation) {
			kept++
		}
	}
	share := float64(kept) / float64(len(misses))
	row.Value = stat.Median(errors)
	row.Reached = fmt.Sprintf("median %.1f %%, p90 %.1f %%, %.0f %% keep it", 100*row.Value, 100*stat.Quantile(errors, 0.9), 100*share)
	row.Met = row.Value <= median && share >= 0.9
	return row
}

func (r Row) without() Row {
	r.Reached = "no cell"
	return r
}

// off is how far a value is off what was measured in the mean of the repetitions, as a share of it.
func (f figure) off(r Result, value func(Result, figure) float64) float64 {
	return math.Abs(value(r, f)/f.mean(r) - 1)
}

// errors are those of all results.
func (f figure) errors(results []Result, value func(Result, figure) float64) []float64 {
	errors := make([]float64, len(results))
	for i, r := range results {
		errors[i] = f.off(r, value)
	}
	return errors
}

// values are the figure in each of the repetitions.
func (f figure) values(r Result) []float64 {
	values := make([]float64, len(r.Measured))
	for i, run := range r.Measured {
		values[i] = f.measured(run)
	}
	return values
}

func (f figure) mean(r Result) float64 { return stat.Average(f.values(r)) }

// variation is the standard deviation of values over their mean.
func variation(values []float64) float64 {
	if len(values) < 2 {
		return 0
	}
	return math.Sqrt(stat.Squares(values)/float64(len(values)-1)) / stat.Average(values)
}

// penalty is how far the predicted delay of a request by 1 to 4 threads that compute is off: of its median, over
// that without them.
func penalty(convoys []Result) Row {
	const most = 0.20
	row := Row{What: "delay by 1 to 4 threads that compute", Goal: "median ≤ 20 %"}
	alone := make(map[string]Result) // by deployment
	for _, r := range convoys {
		if r.Cell.Background == 0 {
			alone[r.Deployment] = r
		}
	}
	var errors []float64
	for _, r := range convoys {
		a, ok := alone[r.Deployment]
		if r.Cell.Background == 0 || !ok {
			continue
		}
		measured := p50.mean(r) - p50.mean(a)
		errors = append(errors, math.Abs((predicted(r, p50)-predicted(a, p50))/measured-1))
	}
	if row.Cells = len(errors); row.Cells == 0 {
		return row.without()
	}
	row.Value = stat.Median(errors)
	row.Reached = fmt.Sprintf("median %.1f %%, p90 %.1f %%", 100*row.Value, 100*stat.Quantile(errors, 0.9))
	row.Met = row.Value <= most
	return row
}

// held reports whether the measured p99, in the median of the repetitions, is within the objective.
func (r Result) held() bool { return stat.Median(p99.values(r)) <= r.Limit.Seconds() }

// coverage is how many measurements lie in the intervals that should hold nine of ten: of the throughput at
// saturation, and of the percentiles of open loads.
func coverage(saturated, open []Result) Row {
	row := Row{What: "intervals of 90 %", Goal: "hold 85 to 95 %"}
	inside := 0
	count := func(results []Result, f figure) {
		for _, r := range results {
			for n, run := range r.Measured {
				row.Cells++
				if i := f.of(r.Each[n]); i.Low <= f.measured(run) && f.measured(run) <= i.High {
					inside++
				}
			}
		}
	}
	count(saturated, throughput)
	count(open, p50)
	count(open, p99)
	if row.Cells == 0 {
		return row.without()
	}
	row.Value = float64(inside) / float64(row.Cells)
	row.Reached = fmt.Sprintf("%.0f %% of %d runs", 100*row.Value, row.Cells)
	row.Met = row.Value >= 0.85 && row.Value <= 0.95
	return row
}

// safe is how often a cell whose whole range keeps the objective does not.
func safe(results []Result) Row {
	row := Row{What: "called safe, and is not", Goal: "≤ 2 %"}
	wrong := 0
	for _, r := range results {
		if !r.Predicted.Saturated && r.Predicted.P99.High <= r.Limit.Seconds() {
			row.Cells++
			if !r.held() {
				wrong++
			}
		}
	}
	if row.Cells == 0 {
		return row.without()
	}
	row.Value = float64(wrong) / float64(row.Cells)
	row.Reached = fmt.Sprintf("%d of %d", wrong, row.Cells)
	row.Met = row.Value <= 0.02
	return row
}

// ablations are, for each part of the model, the median error without it beside that with it, of the figure and in
// the cells that the part is there for.
func ablations(saturated, open []Result) (rows []Row) {
	cores := limited(saturated, "cores")
	for _, a := range []struct {
		part    capacity.Part
		results []Result
		figure  figure
		of      string
	}{
		{capacity.Accepting, chosen(open, func(c Cell) bool { return c.Class == "gthread" && c.Workers > 1 }), p99, "p99 of gthread with several workers"},
		{capacity.Locking, chosen(saturated, func(c Cell) bool { return c.Class == "gthread" && c.Workers == 1 }), throughput, "throughput of one gthread worker"},
		{capacity.Loading, cores, throughput, "throughput where the cores are saturated"},
		{capacity.Generating, cores, throughput, "throughput where the cores are saturated"},
		{capacity.Scheduling, limited(open, "cores"), p50, "p50 of what the cores limit"},
	} {
		row := Row{What: fmt.Sprintf("without %s: %s", a.part, a.of), Cells: len(a.results), Goal: "worse than with it"}
		if len(a.results) == 0 {
			rows = append(rows, row.without())
			continue
		}
		with := stat.Median(a.figure.errors(a.results, predicted))
		row.Value = stat.Median(a.figure.errors(a.results, func(r Result, f figure) float64 { return f.of(r.Without[a.part]).Estimate }))
		row.Reached = fmt.Sprintf("median %.1f %% instead of %.1f %%", 100*row.Value, 100*with)
		row.Met = row.Value > with
		rows = append(rows, row)
	}
	return rows
}

// limited are the cells whose size is limited by that first.
func limited(results []Result, by string) (some []Result) {
	for _, r := range results {
		if r.Predicted.Limit == by {
			some = append(some, r)
		}
	}
	return some
}

// Mean is the mean of the repetitions.
func (r Result) Mean() capacity.Run { return capacity.Mean(r.Measured) }
