package gatewaychain

import (
	"fmt"
	"time"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

func charts(j *judge.Judging) []chart.Chart {
	added := chart.Chart{
		ID: "gateway-added", Title: "A request that does nothing, with nginx in front and without ({one} client)",
		YLabel: "median response time (ms)",
		Panels: judge.Keep(
			bars(j, "median response time (ms)", judge.P50, 1e-3, request{nothing, one}),
			bars(j, "CPU per request (µs)", judge.CPU, 1e-6, request{nothing, one})),
	}
	throughput := chart.Chart{
		ID: "gateway-throughput", Title: "Throughput with nginx in front and without, one core ({eight} clients)",
		YLabel: "throughput (requests/s)",
		Panels: judge.Keep(
			rates(j, doingNothing, request{nothing, eight}),
			rates(j, computing, request{computes, eight})),
	}
	var all []chart.Chart
	for _, c := range []chart.Chart{added, throughput} {
		if len(c.Panels) > 0 {
			all = append(all, c)
		}
	}
	return append(all, judge.Keep(byWork(j))...)
}

const direct, behind = "without nginx", "nginx in front"

// bars are a figure of every server, with and without nginx.
func bars(j *judge.Judging, label string, figure judge.Figure, unit float64, r request) chart.Chart {
	panel := chart.Chart{Title: label, YLabel: label}
	without, with := chart.Series{Name: direct, Kind: chart.Points}, chart.Series{Name: behind, Kind: chart.Points}
	for _, c := range append([]chain{gunicorn}, others...) {
		alone, chained := j.Figures(figure, c.direct(r)), []float64(nil)
		if c.nginx != "" {
			chained = j.Figures(figure, c.behind(r))
		}
		if len(alone)+len(chained) == 0 {
			continue
		}
		x := float64(len(panel.Categories))
		panel.Categories = append(panel.Categories, c.name)
		without, with = put(without, x, alone, unit), put(with, x, chained, unit)
	}
	panel.Series = []chart.Series{without, with}
	return panel
}

// put adds a bar of some runs, if there are any.
func put(s chart.Series, x float64, runs []float64, unit float64) chart.Series {
	if len(runs) > 0 {
		mean, raw := judge.Bar(runs, judge.Per(unit))
		s.X, s.Y, s.Raw = append(s.X, x), append(s.Y, mean), append(s.Raw, raw)
	}
	return s
}

// rates are throughputs beside what a core can do of such requests, by their CPU time.
func rates(j *judge.Judging, title string, r request) chart.Chart {
	figure := bars(j, "throughput (requests/s)", served, 1, r)
	figure.Title = title
	possible := bars(j, "", inverse, 1, r)
	for i, name := range []string{"theory, 1/(h + D)", "theory, 1/(h + D + g)"} {
		s := chart.Series{Name: name, Kind: chart.Line, Like: []string{direct, behind}[i], X: possible.Series[i].X}
		for _, y := range possible.Series[i].Y {
			s.Y = append(s.Y, stat.Interval{Estimate: y.Estimate})
		}
		figure.Series = append(figure.Series, s)
	}
	return figure
}

// inverse is how many such requests a second of CPU time is enough for.
func inverse(r *results.Record) (float64, bool) {
	cpu, ok := judge.CPU(r)
	return 1 / cpu, ok && cpu > 0
}

// byWork is what gunicorn's requests gain by nginx, as a share, by what they compute.
func byWork(j *judge.Judging) chart.Chart {
	figure := chart.Chart{
		ID: "gateway-by-work", Title: "A request to gunicorn, with nginx in front as a multiple of that without ({one} client)",
		XLabel: "work of a request", YLabel: "with nginx over without (×)",
	}
	ratios := func(figure judge.Figure, work time.Duration) []float64 {
		r := request{work, one}
		return j.Ratios(figure, gunicorn.behind(r), gunicorn.direct(r))
	}
	var tried []time.Duration
	for _, w := range works {
		if len(ratios(judge.CPU, w)) > 0 {
			tried = append(tried, w)
			figure.Categories = append(figure.Categories, fmt.Sprintf("%d ms", w.Milliseconds()))
		}
	}
	for _, f := range []struct {
		figure         judge.Figure
		name, expected string
	}{
		{judge.P50, "median response time", "theory, median response time"},
		{judge.CPU, "CPU per request", "theory, CPU per request"},
	} {
		measured := chart.Series{Name: f.name, Kind: chart.Points}
		for x, w := range tried {
			measured = put(measured, float64(x), ratios(f.figure, w), 1)
		}
		between := theory(j, f.figure)
		figure.Series = append(figure.Series, measured, judge.Theory(f.expected, f.name, measured.X, func(x float64) float64 {
			return between(tried[int(x)])
		}))
	}
	return figure
}
