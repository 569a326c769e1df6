package preloadmemory

import (
	"math"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
)

const (
	withPreload    = "with preload"
	withoutPreload = "without"
)

func charts(t results.Table) []chart.Chart {
	mine := own(t)
	return judge.Keep(memoryChart(mine), timesChart(mine.Match(times())))
}

func memoryChart(t results.Table) chart.Chart {
	figure := chart.Chart{
		ID: "memory-preload", Title: "Memory of four workers with an app of 32 MiB, against what they write",
		XLabel: "app's pages that every worker writes (%)", YLabel: "proportional memory, PSS (MiB)",
		Series: []chart.Series{pssCurve(withPreload, t, true), pssCurve(withoutPreload, t, false)},
	}
	// What the server needs beside the app is read off the servers without preload: W·m is the app's.
	if base := meanPSS(t, false, 0) - workers*app; !math.IsNaN(base) {
		percent := []float64{0, 100}
		figure.Series = append(figure.Series,
			judge.Theory("theory, m·(1 + W·f)", withPreload, percent, func(x float64) float64 { return (base + app*(1+workers*x/100)) / (1 << 20) }),
			judge.Theory("theory, W·m", withoutPreload, percent, func(float64) float64 { return (base + workers*app) / (1 << 20) }))
	}
	return figure
}

func pssCurve(name string, t results.Table, preload bool) chart.Series {
	s := chart.Series{Name: name, Kind: chart.Points}
	for _, f := range fractions {
		runs := t.Match(memoryOf(f)).Where("preload", preload).Valid().Values("pss")
		if len(runs) > 0 {
			mean, raw := judge.Bar(runs, judge.Per(1<<20))
			s.X, s.Y, s.Raw = append(s.X, 100*f), append(s.Y, mean), append(s.Raw, raw)
		}
	}
	return s
}

func timesChart(t results.Table) chart.Chart {
	figure := chart.Chart{
		ID: "start-preload", Title: "How long an app that takes 0.5 s to load keeps one waiting",
		YLabel: "time (s)", LogY: true,
	}
	for _, preload := range []bool{true, false} {
		runs := t.Where("preload", preload).Valid()
		name := withoutPreload
		if preload {
			name = withPreload
		}
		s, categories := judge.Bars(name,
			[]string{"start, until all 4 workers serve", "after a kill, until the replacement serves"},
			[][]float64{runs.Values("start_seconds"), runs.Values("serving_seconds")}, judge.Per(1))
		if figure.Series = append(figure.Series, s); len(categories) > len(figure.Categories) {
			figure.Categories = categories
		}
	}
	return figure
}
