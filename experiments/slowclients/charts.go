package slowclients

import (
	"slices"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
)

// charts are one figure, with a panel for each kind of slow clients if there is more than one.
func charts(t results.Table) []chart.Chart {
	mine := timed(t.Match(trial.OthersCell()).Valid())
	figure := chart.Chart{
		ID: "median-beside-slow-clients", Title: "Median answer to the others beside clients that take 5 s",
		XLabel: "slow clients", YLabel: "median response time (s)",
	}
	heads := panel(trial.SlowSenders(mine))
	heads.Title = "slow senders"
	heads.Series = append(heads.Series, judge.Theory("theory from 4 on: half of the 5 s", "sync 4×1",
		[]float64{room, crowd}, func(float64) float64 { return trial.Dawdling.Seconds() / 2 }))
	answers := panel(withNone(mine, trial.SlowReaders(mine)))
	answers.Title = "slow readers of 12 MB"
	bodies := panel(withNone(mine, trial.SlowPosters(mine)))
	bodies.Title = "slow posters of 100 bytes"

	panels := judge.Keep(heads, answers, bodies)
	if len(panels) > 1 {
		figure.Panels = panels
		return []chart.Chart{figure}
	}
	figure.LogY, figure.FromTo, figure.Series = true, heads.FromTo, heads.Series
	return judge.Keep(figure)
}

// timed are the runs with their medians as values.
func timed(t results.Table) results.Table {
	for i := range t {
		if m, ok := judge.OthersMedian(&t[i]); ok {
			t[i].Values = map[string]results.Value{"median": {Value: m, Unit: "seconds"}}
		}
	}
	return t
}

// withNone are runs of one kind of slow clients and those without any. A kind that was not tried has none.
func withNone(all, kind results.Table) results.Table {
	if len(kind) == 0 {
		return nil
	}
	return slices.Concat(all.Where("slow_clients", 0), kind)
}

func panel(t results.Table) chart.Chart {
	c := chart.Chart{ID: "median", XLabel: "slow clients", YLabel: "median response time (s)", LogY: true, FromTo: [2]float64{0.005, 10}}
	for _, s := range servers {
		c.Series = append(c.Series, judge.Curve(s.Shape(), t.Where("class", s.Class), "slow_clients", "median", judge.Per(1)))
	}
	return c
}
