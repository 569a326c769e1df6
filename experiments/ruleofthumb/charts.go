package ruleofthumb

import (
	"fmt"
	"slices"
	"time"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

func charts(t results.Table) []chart.Chart {
	all := judge.Keep(curves(t))
	var maps []chart.Chart
	if measured, formula, ok := throughputs(t); ok {
		maps = append(maps, measured, formula)
	}
	if c, ok := slowness(t); ok {
		maps = append(maps, c)
	}
	if len(maps) > 0 {
		all = append([]chart.Chart{{
			ID: "rule-of-thumb", Title: "Workers against the share of waiting (sync, one core)",
			YLabel: waitingLabel, Panels: maps,
		}}, all...)
	}
	return all
}

// throughputs are the maps of what each number of workers serves, as a share of the best in its row:
// measured, and by the closed form.
func throughputs(t results.Table) (measured, formula chart.Chart, ok bool) {
	h := newMap(t, closed, func(_ mixture, _ int, runs results.Table) float64 {
		return stat.Average(runs.Values("throughput"))
	})
	if h == nil {
		return chart.Chart{}, chart.Chart{}, false
	}
	theory := newMap(t, closed, func(m mixture, w int, _ results.Table) float64 {
		return network(t, m).Throughput(w)
	})
	figure := func(title string, h *chart.Heat) chart.Chart {
		h.Unit = "share"
		for _, row := range h.Z {
			ofBest(row)
		}
		return chart.Chart{Title: title, XLabel: workersLabel, YLabel: waitingLabel, Heat: h, FromTo: [2]float64{0, 1}}
	}
	return figure("throughput, of the row's best", h), figure("by the closed form", theory), true
}

// ofBest divides a row by its largest figure. It leaves NaN, what was not tried, as it is.
func ofBest(row []float64) {
	best := 0.0
	for _, z := range row {
		if z > best {
			best = z
		}
	}
	for i := range row {
		row[i] /= best
	}
}

// network is the closed network of a mixture on one core, its D the CPU time per request as measured
// or, where it was not, as asked for.
func network(t results.Table, m mixture) queueing.Closed {
	d := stat.Average(t.Match(closed(m)).Valid().Values("cpu_per_request"))
	if !(d > 0) {
		d = work.Seconds()
	}
	return queueing.Closed{CPU: time.Duration(d * float64(time.Second)), Wait: m.wait, Cores: 1}
}

// slowness is the map of the p95 under an open load, where that was tried.
func slowness(t results.Table) (chart.Chart, bool) {
	h := newMap(t, open, func(_ mixture, _ int, runs results.Table) float64 {
		var values []float64
		for i := range runs {
			if v, ok := judge.P95(&runs[i]); ok {
				values = append(values, v)
			}
		}
		return stat.Average(values)
	})
	if h == nil {
		return chart.Chart{}, false
	}
	h.Unit = "seconds"
	return chart.Chart{Title: "p95, 150 requests/s at random", XLabel: workersLabel, YLabel: waitingLabel, Heat: h}, true
}

const (
	workersLabel = "workers"
	waitingLabel = "share of a request's time that is spent waiting"
)

// newMap is a figure of the valid runs of each mixture and number of workers; nil where there are none.
func newMap(t results.Table, load func(mixture) results.Cell, figure func(mixture, int, results.Table) float64) *chart.Heat {
	var columns []int
	var rows []mixture
	for _, m := range mixtures {
		levels := judge.Levels(t.Match(load(m)).Valid(), "workers")
		if len(levels) > 0 {
			rows = append(rows, m)
		}
		for _, w := range levels {
			columns = append(columns, int(w))
		}
	}
	if len(rows) == 0 {
		return nil
	}
	slices.Sort(columns)
	columns = slices.Compact(columns)
	h := &chart.Heat{Marks: "2C+1 = 3 workers"}
	for _, w := range columns {
		h.X = append(h.X, fmt.Sprint(w))
	}
	for _, m := range rows {
		h.Y = append(h.Y, fmt.Sprintf("%.0f %%", 100*m.share()))
		var z []float64
		var marked []bool
		for _, w := range columns {
			z = append(z, figure(m, w, t.Match(load(m)).Where("workers", w).Where("twin", false).Valid()))
			marked = append(marked, w == 3)
		}
		h.Z, h.Mark = append(h.Z, z), append(h.Mark, marked)
	}
	return h
}

// curves are the throughputs beside the closed form, for each mixture.
func curves(t results.Table) chart.Chart {
	figure := chart.Chart{
		ID: "rule-of-thumb-curves", Title: "Throughput against workers, by share of waiting (sync, one core, 4 ms CPU)",
		XLabel: workersLabel, YLabel: "throughput (requests/s)",
	}
	for _, m := range mixtures {
		runs := t.Match(closed(m)).Where("twin", false)
		measured := judge.Curve(fmt.Sprintf("%.0f %% waiting", 100*m.share()), runs, "workers", "throughput", judge.Per(1))
		if len(measured.X) == 0 {
			continue
		}
		figure.Series = append(figure.Series, measured)
		network := network(t, m)
		figure.Series = append(figure.Series, judge.Theory(fmt.Sprintf("closed form, %.0f %%", 100*m.share()), measured.Name,
			judge.Upto(measured), func(w float64) float64 { return network.Throughput(int(w)) }))
	}
	return figure
}
