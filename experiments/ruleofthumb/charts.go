package ruleofthumb

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
)

func charts(t results.Table) []analysis.Chart {
	all := experiments.Keep(curves(t))
	var maps []analysis.Chart
	if c, ok := throughputs(t); ok {
		maps = append(maps, c)
	}
	if c, ok := slowness(t); ok {
		maps = append(maps, c)
	}
	if len(maps) > 0 {
		all = append([]analysis.Chart{{
			ID: "rule-of-thumb", Title: "Workers against the share of waiting (sync, one core): what 2C+1 = 3 and 2 to 4 per core are worth",
			YLabel: waitingLabel, Panels: maps,
		}}, all...)
	}
	return all
}

// throughputs is the map of what each number of workers serves, as a share of the best in its row.
func throughputs(t results.Table) (analysis.Chart, bool) {
	h := newMap(t, closed, func(runs results.Table) float64 { return mean(runs.Values("throughput")) })
	if h == nil {
		return analysis.Chart{}, false
	}
	h.Unit = "share"
	for _, row := range h.Z {
		best := 0.0
		for _, z := range row {
			if !math.IsNaN(z) {
				best = max(best, z)
			}
		}
		for i := range row {
			row[i] /= best
		}
	}
	return analysis.Chart{Title: "throughput, of the best in the row", XLabel: workersLabel, YLabel: waitingLabel, Heat: h, FromTo: [2]float64{0, 1}}, true
}

// slowness is the map of the p95 under an open load, where that was tried.
func slowness(t results.Table) (analysis.Chart, bool) {
	h := newMap(t, open, func(runs results.Table) float64 {
		var values []float64
		for i := range runs {
			if v, ok := p95(&runs[i]); ok {
				values = append(values, v)
			}
		}
		return mean(values)
	})
	if h == nil {
		return analysis.Chart{}, false
	}
	h.Unit = "seconds"
	return analysis.Chart{Title: "p95 of the response time, 150 requests/s at random", XLabel: workersLabel, YLabel: waitingLabel, Heat: h}, true
}

const (
	workersLabel = "workers"
	waitingLabel = "share of a request's time that is spent waiting"
)

// newMap is a figure of the valid runs of each mixture and number of workers; nil where there are none.
func newMap(t results.Table, load func(mixture) results.Cell, figure func(results.Table) float64) *analysis.Heat {
	var columns []int
	var rows []mixture
	for _, m := range mixtures {
		levels := experiments.Levels(t.Match(load(m)).Valid(), "workers")
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
	h := &analysis.Heat{Marks: "2C+1 = 3 workers"}
	for _, w := range columns {
		h.X = append(h.X, fmt.Sprint(w))
	}
	for _, m := range rows {
		h.Y = append(h.Y, fmt.Sprintf("%.0f %%", 100*m.share()))
		var z []float64
		var marked []bool
		for _, w := range columns {
			z = append(z, figure(t.Match(load(m)).Where("workers", w).Where("twin", false).Valid()))
			marked = append(marked, w == 3)
		}
		h.Z, h.Mark = append(h.Z, z), append(h.Mark, marked)
	}
	return h
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values)) // NaN where there are none: no value
}

// curves are the throughputs beside the closed form, for each mixture.
func curves(t results.Table) analysis.Chart {
	chart := analysis.Chart{
		ID: "rule-of-thumb-curves", Title: "Throughput against workers, by share of waiting (sync, one core, 4 ms CPU)",
		XLabel: workersLabel, YLabel: "throughput (requests/s)", LogX: true,
	}
	for _, m := range mixtures {
		runs := t.Match(closed(m)).Where("twin", false)
		measured := experiments.Curve(fmt.Sprintf("%.0f %%", 100*m.share()), runs, "workers", "throughput", experiments.Per(1))
		if len(measured.X) == 0 {
			continue
		}
		chart.Series = append(chart.Series, measured)
		if d := mean(runs.Valid().Values("cpu_per_request")); d > 0 {
			network := queueing.Closed{CPU: time.Duration(d * float64(time.Second)), Wait: m.wait, Cores: 1}
			chart.Series = append(chart.Series, experiments.Theory(fmt.Sprintf("closed form, %.0f %%", 100*m.share()), measured.Name,
				experiments.Upto(measured), func(w float64) float64 { return network.Throughput(int(w)) }))
		}
	}
	return chart
}
