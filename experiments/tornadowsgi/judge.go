package tornadowsgi

import (
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

const (
	margin = 0.10 // of tornado around sync, and around W/(D+I)
	least  = 10.0 // asgi over tornado
)

func verdict(j *judge.Judging) results.Verdict {
	fit := j.CompareValue("throughput", j.Trials()...)
	same := fit.Ratio(of("tornado"), of("sync"))
	awaited := fit.PrimaryRatio(of("asgi"), of("tornado"), least)
	law := j.Compare(overFormula, j.Trials()...).Mean(of("tornado"))

	j.Also("×", same, "X(tornado)/X(sync)")
	j.Also("×", law, "X(tornado), measured over W/(D+I)")
	j.Also("×", fit.Ratio(of("gevent"), of("tornado")), "X(gevent)/X(tornado)")

	outcome := j.All(
		judge.AtLeast(awaited, least, "asgi over tornado"),
		judge.Within(same, 1/(1+margin), 1+margin, "tornado serves what sync does"),
		judge.Within(law, 1/(1+margin), 1+margin, "tornado serves W/(D+I)"))
	return j.Conclude(outcome, "X(asgi)/X(tornado)", "×", awaited,
		"With an app that blocks, {workers} tornado workers serve %s what as many sync workers do; with one that awaits, {workers} asgi workers serve %s what tornado does.",
		stat.FormatInterval(same, "×"), stat.FormatInterval(awaited, "×"))
}

// overFormula is a run's throughput over W/(D+I), D being that run's CPU time per request.
func overFormula(r *results.Record) (float64, bool) {
	x, okX := r.Value("throughput")
	d, okD := r.Value("cpu_per_request")
	return x * (d + trial.LongWait.Seconds()) / workers, okX && okD
}

func charts(j *judge.Judging) []chart.Chart {
	var values [][]float64
	for _, class := range classes {
		values = append(values, j.Values("throughput", of(class)))
	}
	measured, categories := judge.Bars("measured", classes, values, judge.Per(1))
	var blocking []float64
	for i, class := range categories {
		if class == "tornado" || class == "sync" {
			blocking = append(blocking, float64(i))
		}
	}
	return judge.Keep(chart.Chart{
		ID: "throughput-tornado", Title: "Throughput of {workers} workers for requests that wait {wait} ({clients} clients)",
		YLabel: "throughput (requests/s)", Categories: categories,
		Series: []chart.Series{measured, judge.Theory("one at a time for each worker, W/I", measured.Name, blocking,
			func(float64) float64 { return workers / trial.LongWait.Seconds() })},
	})
}
