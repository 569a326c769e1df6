package tornadowsgi

import (
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

const (
	margin = 0.10 // of tornado around sync, and around W/(D+I)
	least  = 10.0 // asgi over tornado
	wait   = 0.020
)

func cell(class string) string { return results.Cell{"class": class}.String() }

func verdict(t results.Table) results.Verdict {
	var cells []results.Cell
	for _, class := range classes {
		cells = append(cells, own(class))
	}
	mine := judge.Either(t, cells...)
	j := judge.New(id, claim, mine)
	fit := j.Fit(judge.Samples(mine, "throughput", "class"))
	same := fit.Ratio(cell("tornado"), cell("sync"))
	awaited := fit.Ratio(cell("asgi"), cell("tornado"))
	fit.Primary(cell("asgi"), cell("tornado"), least)
	law := j.Fit(judge.Derived(mine, overFormula, "class")).Mean(cell("tornado"))

	j.Also("×", same, "X(tornado)/X(sync)")
	j.Also("×", law, "X(tornado), measured over W/(D+I)")
	j.Also("×", fit.Ratio(cell("gevent"), cell("tornado")), "X(gevent)/X(tornado)")

	outcome := j.All(
		judge.AtLeast(awaited, least, "asgi over tornado"),
		judge.Within(same, 1/(1+margin), 1+margin, "tornado serves what sync does"),
		judge.Within(law, 1/(1+margin), 1+margin, "tornado serves W/(D+I)"))
	return j.Conclude(outcome, "X(asgi)/X(tornado)", "×", awaited,
		"With an app that blocks, two tornado workers serve %s what two sync workers do; with one that awaits, two asgi workers serve %s what tornado does.",
		stat.FormatInterval(same, "×"), stat.FormatInterval(awaited, "×"))
}

// overFormula is a run's throughput over W/(D+I), D being that run's CPU time per request.
func overFormula(r *results.Record) (float64, bool) {
	x, okX := r.Value("throughput")
	d, okD := r.Value("cpu_per_request")
	return x * (d + wait) / workers, okX && okD
}

func charts(t results.Table) []chart.Chart {
	var names []string
	var values [][]float64
	for _, class := range classes {
		names = append(names, class)
		values = append(values, t.Match(own(class)).Valid().Values("throughput"))
	}
	measured, categories := judge.Bars("measured", names, values, judge.Per(1))
	figure := chart.Chart{
		ID: "throughput-tornado", Title: "Throughput of two workers for requests that wait 20 ms (32 clients)",
		YLabel: "throughput (requests/s)", Categories: categories, Series: []chart.Series{measured},
	}
	var blocking []float64
	for i, class := range categories {
		if class == "tornado" || class == "sync" {
			blocking = append(blocking, float64(i))
		}
	}
	figure.Series = append(figure.Series, judge.Theory("two at a time, W/I", measured.Name, blocking, func(float64) float64 { return workers / wait }))
	return judge.Keep(figure)
}
