package acceptbalance

import (
	"strings"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
)

// shown are the servers in the order of the figures.
var shown = []struct {
	server spec.Server
	name   string
}{
	{forked, "sync 4×1"},
	{modest, "gthread 4×1 wc=1"},
	{greedy, "gthread 4×1"},
	{pairs, "gthread 2×2"},
	{pool, "gthread 1×4"},
	{forkedHashed, "sync 4×1 reuse-port"},
	{shared, "gevent 4×1"},
	{exclusive, "gevent 4×1 exclusive"},
	{hashed, "gevent 4×1 reuse-port"},
}

func charts(t results.Table) []chart.Chart {
	mine := t.Match(own())
	return judge.Keep(waits(mine), shares(mine))
}

func waits(t results.Table) chart.Chart {
	var names []string
	var times [][]float64
	for _, s := range shown {
		if s.server.Class == "gevent" {
			continue
		}
		names = append(names, s.name)
		times = append(times, judge.MeanResponses(of(t, s.server)))
	}
	measured, categories := judge.Bars("measured", names, times, judge.Per(1e-3))
	figure := chart.Chart{
		ID: "response-by-acceptance", Title: "Mean response of servers that can serve 4 requests at once, 70 % busy",
		YLabel: "mean response time (ms)", LogY: true, Categories: categories, Series: []chart.Series{measured},
	}
	if queue, ok := judge.RandomQueue(of(t, forked)); ok && len(measured.X) > 0 {
		split := queueing.Open{Rate: queue.Rate / 4, Service: queue.Service, Servers: 1}
		figure.Series = append(figure.Series,
			judge.Theory("one queue for all four (M/M/4)", "", measured.X, func(float64) float64 { return 1e3 * queue.Response() }),
			judge.Theory("a queue each, equal random shares (4 × M/M/1)", "", measured.X, func(float64) float64 { return 1e3 * split.Response() }))
	}
	return figure
}

func shares(t results.Table) chart.Chart {
	var names []string
	var most, least [][]float64
	for _, s := range shown {
		runs := of(t, s.server).Valid()
		if len(runs.Values("busiest_share")) == 0 {
			continue // one worker, or none that could be counted
		}
		names = append(names, s.name)
		most, least = append(most, runs.Values("busiest_share")), append(least, runs.Values("idlest_share"))
	}
	busiest, categories := judge.Bars("busiest of the 4 workers", names, most, judge.Per(0.01))
	idlest, _ := judge.Bars("idlest", names, least, judge.Per(0.01))
	figure := chart.Chart{
		ID: "share-by-acceptance", Title: "Who gets the requests",
		YLabel: "share of the requests (%)", Categories: categories, Series: []chart.Series{busiest, idlest},
	}
	if queue, ok := judge.RandomQueue(of(t, forked)); ok && len(categories) > 0 {
		figure.Series = append(figure.Series, judge.Theory("as much as one worker can serve, one at a time", "", oneAtATime(categories),
			func(float64) float64 { return 100 / (4 * queue.Utilization()) }))
	}
	return figure
}

// oneAtATime are the places of the servers each of whose workers serves one request at a time.
func oneAtATime(categories []string) (at []float64) {
	for i, name := range categories {
		if strings.HasPrefix(name, "sync") || strings.HasPrefix(name, "gthread 4×1") {
			at = append(at, float64(i))
		}
	}
	return at
}
