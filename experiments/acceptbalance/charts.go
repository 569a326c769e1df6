package acceptbalance

import (
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results/chart"
)

// shown are the servers in the order of the figures.
var shown = []spec.Server{forked, modest, greedy, pairs, pool, forkedHashed, shared, exclusive, hashed}

func charts(j *judge.Judging) []chart.Chart {
	return judge.Keep(waits(j), shares(j))
}

func waits(j *judge.Judging) chart.Chart {
	var names []string
	var times [][]float64
	for _, s := range shown {
		if s.Class == "gevent" {
			continue
		}
		names = append(names, s.String())
		times = append(times, j.Figures(judge.MeanResponse, of(s)))
	}
	measured, categories := judge.Bars("measured", names, times, judge.Per(1e-3))
	figure := chart.Chart{
		ID: "response-by-acceptance", Title: "Mean response of servers that can serve {workers} requests at once, {load} % busy",
		YLabel: "mean response time (ms)", LogY: true, Categories: categories, Series: []chart.Series{measured},
	}
	if queue, ok := judge.RandomQueue(j.Of(of(forked))); ok && len(measured.X) > 0 {
		split := queueing.Open{Rate: queue.Rate / trial.RandomRoom, Service: queue.Service, Servers: 1}
		figure.Series = append(figure.Series,
			judge.Theory("one queue for all (M/M/c)", "", measured.X, func(float64) float64 { return 1e3 * queue.Response() }),
			judge.Theory("a queue each, equal random shares (M/M/1)", "", measured.X, func(float64) float64 { return 1e3 * split.Response() }))
	}
	return figure
}

func shares(j *judge.Judging) chart.Chart {
	var names []string
	var most, least [][]float64
	var oneAtATime []float64 // the places of the servers each of whose workers serves one request at a time
	for _, s := range shown {
		busiest := j.Values("busiest_share", of(s))
		if len(busiest) == 0 {
			continue // one worker, or none that could be counted
		}
		if s.Class == "sync" || s == greedy || s == modest {
			oneAtATime = append(oneAtATime, float64(len(names)))
		}
		names, most, least = append(names, s.String()), append(most, busiest), append(least, j.Values("idlest_share", of(s)))
	}
	busiest, categories := judge.Bars("busiest worker", names, most, judge.Per(0.01))
	idlest, _ := judge.Bars("idlest", names, least, judge.Per(0.01))
	figure := chart.Chart{
		ID: "share-by-acceptance", Title: "Who gets the requests",
		YLabel: "share of the requests (%)", Categories: categories, Series: []chart.Series{busiest, idlest},
	}
	if queue, ok := judge.RandomQueue(j.Of(of(forked))); ok && len(categories) > 0 {
		figure.Series = append(figure.Series, judge.Theory("as much as one worker can serve, one at a time", "", oneAtATime,
			func(float64) float64 { return 100 / (trial.RandomRoom * queue.Utilization()) }))
	}
	return figure
}
