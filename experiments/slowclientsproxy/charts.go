package slowclientsproxy

import (
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
)

// charts are one figure, with a panel for each kind of slow clients if there is more than one.
func charts(t results.Table) []chart.Chart {
	mine := own(t)
	none := mine.Where("slow_clients", 0)
	figure := chart.Chart{
		ID: "median-behind-a-proxy", Title: "Median answer to the others beside 4 clients that take 5 s, behind nginx and not",
		YLabel: "median response time (s)",
	}
	heads := panel("slow senders", none, trial.SlowSenders(mine))
	answers := panel("slow readers of 12 MB", none, trial.SlowReaders(mine))
	bodies := panel("slow posters of 100 bytes", none, trial.SlowPosters(mine))
	if panels := judge.Keep(heads, answers, bodies); len(panels) > 1 {
		figure.Panels = panels
		return []chart.Chart{figure}
	}
	figure.LogY, figure.FromTo, figure.Categories, figure.Series = true, heads.FromTo, heads.Categories, heads.Series
	return judge.Keep(figure)
}

const wait = 0.010 // seconds that each of the others asks for

// panel shows the servers with one kind of slow clients, and with none. A kind that was not tried has none.
func panel(title string, none, kind results.Table) chart.Chart {
	c := chart.Chart{ID: "median", Title: title, YLabel: "median response time (s)", LogY: true, FromTo: [2]float64{0.005, 10}}
	kind = kind.Where("slow_clients", room)
	if len(kind) == 0 {
		return c
	}
	var names []string
	var with, without [][]float64
	var stuck []float64 // positions of those that theory says wait for the slow ones
	for _, f := range fronts {
		for _, system := range []string{f.alone, f.behind} {
			beside := medians(kind, system)
			if len(beside) == 0 {
				continue
			}
			if system == f.alone {
				stuck = append(stuck, float64(len(names)))
			}
			names, with, without = append(names, system), append(with, beside), append(without, medians(none, system))
		}
	}
	quick, _ := judge.Bars("without slow clients", names, without, judge.Per(1))
	slow, categories := judge.Bars("beside 4 slow clients", names, with, judge.Per(1))
	c.Categories = categories
	c.Series = []chart.Series{
		slow, judge.Theory("theory: half of the 5 s", slow.Name, stuck, func(float64) float64 { return trial.Dawdling.Seconds() / 2 }),
		quick, judge.Theory("theory: 10 ms", quick.Name, quick.X, func(float64) float64 { return wait }),
	}
	return c
}
