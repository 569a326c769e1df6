package gatewaychain

import (
	"fmt"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
)

func charts(j *experiments.Judging) []analysis.Chart {
	added := analysis.Chart{
		ID: "gateway-added", Title: "A request that does nothing, with nginx in front and without ({one} client)",
		YLabel: "median response time (ms)",
		Panels: experiments.Keep(
			bars(j, "median response time (ms)", experiments.P50, 1e-3, request{nothing, one}),
			bars(j, "CPU per request (µs)", experiments.CPU, 1e-6, request{nothing, one})),
	}
	throughput := analysis.Chart{
		ID: "gateway-throughput", Title: "Throughput with nginx in front and without, one core ({eight} clients)",
		YLabel: "throughput (requests/s)",
		Panels: experiments.Keep(
			rates(j, doingNothing, request{nothing, eight}),
			rates(j, computing, request{computes, eight})),
	}
	var all []analysis.Chart
	for _, c := range []analysis.Chart{added, throughput} {
		if len(c.Panels) > 0 {
			all = append(all, c)
		}
	}
	return append(all, experiments.Keep(byWork(j))...)
}

const direct, behind = "without nginx", "nginx in front"

// bars are a figure of every server, with and without nginx.
func bars(j *experiments.Judging, label string, figure experiments.Figure, unit float64, r request) analysis.Chart {
	chart := analysis.Chart{Title: label, YLabel: label}
	without, with := analysis.Series{Name: direct, Kind: analysis.Points}, analysis.Series{Name: behind, Kind: analysis.Points}
	for _, c := range append([]chain{gunicorn}, others...) {
		alone, chained := j.Figures(figure, c.direct(r)), []float64(nil)
		if c.nginx != "" {
			chained = j.Figures(figure, c.behind(r))
		}
		if len(alone)+len(chained) == 0 {
			continue
		}
		x := float64(len(chart.Categories))
		chart.Categories = append(chart.Categories, c.name)
		without, with = put(without, x, alone, unit), put(with, x, chained, unit)
	}
	chart.Series = []analysis.Series{without, with}
	return chart
}

// put adds a bar of some runs, if there are any.
func put(s analysis.Series, x float64, runs []float64, unit float64) analysis.Series {
	if len(runs) > 0 {
		mean, raw := experiments.Bar(runs, experiments.Per(unit))
		s.X, s.Y, s.Raw = append(s.X, x), append(s.Y, mean), append(s.Raw, raw)
	}
	return s
}

// rates are throughputs beside what a core can do of such requests, by their CPU time.
func rates(j *experiments.Judging, title string, r request) analysis.Chart {
	chart := bars(j, "throughput (requests/s)", served, 1, r)
	chart.Title = title
	possible := bars(j, "", inverse, 1, r)
	for i, name := range []string{"theory, 1/(h + D)", "theory, 1/(h + D + g)"} {
		s := analysis.Series{Name: name, Kind: analysis.Line, Like: []string{direct, behind}[i], X: possible.Series[i].X}
		for _, y := range possible.Series[i].Y {
			s.Y = append(s.Y, results.Interval{Estimate: y.Estimate})
		}
		chart.Series = append(chart.Series, s)
	}
	return chart
}

// inverse is how many such requests a second of CPU time is enough for.
func inverse(r *results.Record) (float64, bool) {
	cpu, ok := experiments.CPU(r)
	return 1 / cpu, ok && cpu > 0
}

// byWork is what gunicorn's requests gain by nginx, as a share, by what they compute.
func byWork(j *experiments.Judging) analysis.Chart {
	chart := analysis.Chart{
		ID: "gateway-by-work", Title: "A request to gunicorn, with nginx in front as a multiple of that without ({one} client)",
		XLabel: "work of a request", YLabel: "with nginx over without (×)",
	}
	ratios := func(figure experiments.Figure, work time.Duration) []float64 {
		r := request{work, one}
		return j.Ratios(figure, gunicorn.behind(r), gunicorn.direct(r))
	}
	var tried []time.Duration
	for _, w := range works {
		if len(ratios(experiments.CPU, w)) > 0 {
			tried = append(tried, w)
			chart.Categories = append(chart.Categories, fmt.Sprintf("%d ms", w.Milliseconds()))
		}
	}
	for _, f := range []struct {
		figure         experiments.Figure
		name, expected string
	}{
		{experiments.P50, "median response time", "theory, median response time"},
		{experiments.CPU, "CPU per request", "theory, CPU per request"},
	} {
		measured := analysis.Series{Name: f.name, Kind: analysis.Points}
		for x, w := range tried {
			measured = put(measured, float64(x), ratios(f.figure, w), 1)
		}
		between := theory(j, f.figure)
		chart.Series = append(chart.Series, measured, experiments.Theory(f.expected, f.name, measured.X, func(x float64) float64 {
			return between(tried[int(x)])
		}))
	}
	return chart
}
