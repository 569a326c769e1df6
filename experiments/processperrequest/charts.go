package processperrequest

import (
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results/chart"
)

func charts(j *judge.Judging) []chart.Chart { return judge.Keep(parts(j)) }

// parts is what a request costs that does nothing, by what is done for it first.
func parts(j *judge.Judging) chart.Chart {
	var names []string
	var values [][]float64
	for _, bar := range []struct {
		name   string
		server spec.Server
	}{
		{"a worker that is there", there},
		{"a process each", each},
		{"a process each, application loaded beforehand", loaded},
		{"a process each, {boot} of start", booting},
		{"a process each, {boot} of start, loaded beforehand", booted},
		{"a process each, {size}", large},
		{"a process each, {size}, loaded beforehand", mapped},
	} {
		if runs := j.Figures(judge.CPU, working(bar.server, nothing)); len(runs) > 0 {
			names, values = append(names, bar.name), append(values, runs)
		}
	}
	measured, categories := judge.Bars("measured", names, values, judge.Per(1e-3))
	return chart.Chart{
		ID: "process-parts", Title: "CPU time of a request that does nothing, by what is started for it",
		YLabel: "CPU per request (ms)", LogY: true, Categories: categories, Series: []chart.Series{measured},
	}
}
