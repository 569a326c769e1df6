package cgicost

import (
	"math"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
)

func charts(t results.Table) []analysis.Chart {
	mine := own(t)
	return experiments.Keep(byWork(mine), parts(mine))
}

// byWork is how many times as much CGI costs, against the work.
func byWork(t results.Table) analysis.Chart {
	chart := analysis.Chart{
		ID: "cgi-by-work", Title: "What CGI costs, as a multiple of mod_wsgi, against the work of a request",
		XLabel: "work of a request (ms)", YLabel: "CPU per request, CGI over mod_wsgi (×)", LogY: true,
	}
	measured := analysis.Series{Name: "measured", Kind: analysis.Points}
	for _, work := range works {
		ratios := ratios(t, script.working(work), served.working(work))
		if len(ratios) == 0 {
			continue
		}
		mean, raw := experiments.Bar(ratios, experiments.Per(1))
		measured.X, measured.Y, measured.Raw = append(measured.X, inMillis(work)), append(measured.Y, mean), append(measured.Raw, raw)
	}
	between := theory(t)
	chart.Series = []analysis.Series{
		measured,
		experiments.Theory("theory, (F + B + D)/(h + D)", measured.Name, fine(), func(ms float64) float64 {
			return between(time.Duration(ms * float64(time.Millisecond)))
		}),
		experiments.Theory("twice as much", "", []float64{0, inMillis(long)}, func(float64) float64 { return 2 }),
	}
	return chart
}

// fine are milliseconds from none to the longest work, close to each other where the curve is steep.
func fine() (ms []float64) {
	const steps = 60
	for i := range steps + 1 {
		ms = append(ms, inMillis(long)*math.Pow(float64(i)/steps, 3))
	}
	return ms
}

func inMillis(d time.Duration) float64 { return d.Seconds() * 1e3 }

// parts is what a request costs that does nothing, by each way.
func parts(t results.Table) analysis.Chart {
	var names []string
	var values [][]float64
	for _, w := range append([]way{served, process, bare, script}, beside...) {
		names, values = append(names, w.name), append(values, costs(t, w, nothing))
	}
	measured, categories := experiments.Bars("measured", names, values, experiments.Per(1e-3))
	return analysis.Chart{
		ID: "cgi-parts", Title: "CPU time of a request that does nothing, by the way it is answered",
		YLabel: "CPU per request (ms)", LogY: true, Categories: categories, Series: []analysis.Series{measured},
	}
}
