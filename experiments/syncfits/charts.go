package syncfits

import (
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results/chart"
)

func charts(j *judge.Judging) []chart.Chart {
	throughput := chart.Chart{
		ID: "sync-fits-throughput", Title: "What {workers} processes of each class serve", YLabel: "throughput (requests/s)",
		Panels: judge.Keep(
			bars(j, "requests that compute ({computes}), two cores", "throughput (requests/s)", judge.Value("throughput"), 1,
				each(computing, append([]spec.Server{sync2}, rivals...)...)),
			bars(j, "requests that wait ({work} + {wait}), one core", "throughput (requests/s)", judge.Value("throughput"), 1,
				each(waiting, sync2, gthread8))),
	}
	tail := bars(j, "The slowest twentieth: requests that compute {computes}, {rate} a second at random on two cores",
		"95th percentile of the response time (ms)", judge.P95, 1e-3, each(arriving, append([]spec.Server{sync2}, opened...)...))
	tail.ID = "sync-fits-p95"
	kept := judge.Keep(tail)
	if len(throughput.Panels) > 0 {
		kept = append([]chart.Chart{throughput}, kept...)
	}
	return kept
}

// bars are a figure of some trials by their servers.
func bars(j *judge.Judging, title, label string, figure judge.Figure, unit float64, trials []trial.Trial) chart.Chart {
	var names []string
	var runs [][]float64
	for _, t := range trials {
		names, runs = append(names, t.Server.Shape()), append(runs, j.Figures(figure, t))
	}
	measured, categories := judge.Bars("measured", names, runs, judge.Per(unit))
	return chart.Chart{Title: title, YLabel: label, Categories: categories, Series: []chart.Series{measured}}
}
