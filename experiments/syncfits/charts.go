package syncfits

import (
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
)

func charts(t results.Table) []chart.Chart {
	all := append([]spec.Server{sync2}, rivals...)
	busy, open, idle := tables(t)
	throughput := chart.Chart{
		ID: "sync-fits-throughput", Title: "What two processes of each class serve",
		YLabel: "throughput (requests/s)",
	}
	computed, computing := bars("measured", busy, all, xs, judge.Per(1))
	waited, waiting := bars("measured", idle, []spec.Server{sync2, gthread8}, xs, judge.Per(1))
	throughput.Panels = judge.Keep(
		chart.Chart{Title: "requests that compute (5 ms), 2 cores", YLabel: throughput.YLabel, Categories: computing, Series: []chart.Series{computed}},
		chart.Chart{Title: "requests that wait (1 ms + 20 ms), 1 core", YLabel: throughput.YLabel, Categories: waiting, Series: []chart.Series{waited}})

	tails, answering := bars("measured", open.Where("twin", false), append([]spec.Server{sync2}, opened...), p95s, judge.Per(1e-3))
	tail := chart.Chart{
		ID: "sync-fits-p95", Title: "The slowest twentieth: requests that compute 5 ms, 200 a second at random on two cores",
		YLabel: "95th percentile of the response time (ms)", Categories: answering, Series: []chart.Series{tails},
	}
	kept := judge.Keep(tail)
	if len(throughput.Panels) > 0 {
		kept = append([]chart.Chart{throughput}, kept...)
	}
	return kept
}

func bars(name string, t results.Table, servers []spec.Server, values func(results.Table) []float64, scale judge.Scale) (chart.Series, []string) {
	var names []string
	var runs [][]float64
	for _, s := range servers {
		names = append(names, s.Shape())
		runs = append(runs, values(t.Match(results.Cell{"class": s.Class}).Valid()))
	}
	return judge.Bars(name, names, runs, scale)
}

func xs(t results.Table) []float64 { return t.Values("throughput") }

func p95s(t results.Table) []float64 {
	var values []float64
	for i := range t {
		if v, ok := judge.P95(&t[i]); ok {
			values = append(values, v)
		}
	}
	return values
}
