package preloadmemory

import (
	"math"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results/chart"
)

const (
	withPreload    = "with preload"
	withoutPreload = "without"
)

func charts(j *judge.Judging) []chart.Chart {
	return judge.Keep(memoryChart(j), timesChart(j))
}

func memoryChart(j *judge.Judging) chart.Chart {
	figure := chart.Chart{
		ID: "memory-preload", Title: "Memory of {workers} workers with an app of {app} MiB, against what they write",
		XLabel: "app's pages that every worker writes (%)", YLabel: "proportional memory, PSS (MiB)",
		Series: []chart.Series{pssCurve(withPreload, j, true), pssCurve(withoutPreload, j, false)},
	}
	// What the server needs beside the app is read off the servers without preload: W·m is the app's.
	if base := meanPSS(j, false, 0) - workers*app; !math.IsNaN(base) {
		percent := []float64{0, 100}
		figure.Series = append(figure.Series,
			judge.Theory("theory, m·(1 + W·f)", withPreload, percent, func(x float64) float64 { return (base + app*(1+workers*x/100)) / (1 << 20) }),
			judge.Theory("theory, W·m", withoutPreload, percent, func(float64) float64 { return (base + workers*app) / (1 << 20) }))
	}
	return figure
}

func pssCurve(name string, j *judge.Judging, preload bool) chart.Series {
	s := chart.Series{Name: name, Kind: chart.Points}
	for _, f := range fractions {
		judge.Put(&s, 100*f, j.Values("pss", written(f, preload, trial.Any)), judge.Per(1<<20))
	}
	return s
}

func timesChart(j *judge.Judging) chart.Chart {
	figure := chart.Chart{
		ID: "start-preload", Title: "How long an app that takes {boot} to load keeps one waiting",
		YLabel: "time (s)", LogY: true,
	}
	for _, preload := range []bool{true, false} {
		t := replaced(preload, trial.Any)
		name := withoutPreload
		if preload {
			name = withPreload
		}
		s, categories := judge.Bars(name,
			[]string{"start, until all workers serve", "after a kill, until the replacement serves"},
			[][]float64{j.Values("start_seconds", t), j.Values("serving_seconds", t)}, judge.Per(1))
		if figure.Series = append(figure.Series, s); len(categories) > len(figure.Categories) {
			figure.Categories = categories
		}
	}
	return figure
}
