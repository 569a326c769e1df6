package cgicost

import (
	"math"
	"slices"
	"time"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

func charts(j *judge.Judging) []chart.Chart {
	return judge.Keep(byWork(j), parts(j))
}

// byWork is how many times as much CGI costs, against what the same request costs under mod_wsgi: h + D,
// which is never nothing, so that both axes can be logarithmic.
func byWork(j *judge.Judging) chart.Chart {
	figure := chart.Chart{
		ID: "cgi-by-work", Title: "What CGI costs, as a multiple of mod_wsgi, for requests that work up to {long}",
		XLabel: "CPU time of the request under mod_wsgi, h + D (ms)", YLabel: "CPU time, CGI over mod_wsgi (×)", LogX: true, LogY: true,
	}
	measured := chart.Series{Name: "measured", Kind: chart.Points}
	for _, work := range works {
		ratios := j.Ratios(judge.CPU, script.working(work), served.working(work))
		if len(ratios) == 0 {
			continue
		}
		mean, raw := judge.Bar(ratios, judge.Per(1))
		measured.X = append(measured.X, inMillis(stat.Average(costs(j, served, work))))
		measured.Y, measured.Raw = append(measured.Y, mean), append(measured.Raw, raw)
	}
	if len(measured.X) == 0 {
		return figure
	}
	between, answering := theory(j), stat.Average(costs(j, served, nothing))
	figure.Series = []chart.Series{
		measured,
		judge.Theory("theory, (F + B + D)/(h + D)", measured.Name, fine(measured.X), func(ms float64) float64 {
			return between(time.Duration(max(0, ms*1e-3-answering) * float64(time.Second)))
		}),
		judge.Theory("twice as much", "", measured.X, func(float64) float64 { return 2 }),
	}
	return figure
}

// fine are values between the least and the largest, close to each other on a logarithmic axis.
func fine(xs []float64) (all []float64) {
	const steps = 60
	least, most := slices.Min(xs), slices.Max(xs)
	for i := range steps + 1 {
		all = append(all, least*math.Pow(most/least, float64(i)/steps))
	}
	return all
}

// inMillis is a time in milliseconds to two digits, as an axis shows it.
func inMillis(seconds float64) float64 {
	digit := math.Pow(10, math.Floor(math.Log10(seconds*1e3))-1)
	return math.Round(seconds*1e3/digit) * digit
}

// parts is what a request costs that does nothing, by each way.
func parts(j *judge.Judging) chart.Chart {
	var names []string
	var values [][]float64
	for _, w := range append([]way{served, process, bare, script}, others...) {
		names, values = append(names, w.name), append(values, costs(j, w, nothing))
	}
	measured, categories := judge.Bars("measured", names, values, judge.Per(1e-3))
	return chart.Chart{
		ID: "cgi-parts", Title: "CPU time of a request that does nothing, by the way it is answered",
		YLabel: "CPU per request (ms)", LogY: true, Categories: categories, Series: []chart.Series{measured},
	}
}
