package slowclientsproxy

import (
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results/chart"
)

// charts are one figure, with a panel for each kind of slow clients if there is more than one.
func charts(j *judge.Judging) []chart.Chart {
	figure := chart.Chart{
		ID: "median-behind-a-proxy", Title: "Median answer to the others next to {room} clients that take {dawdling}, behind nginx and not",
		YLabel: "median response time (s)",
	}
	heads := panel(j, "slow senders", trial.Senders(room))
	panels := judge.Keep(heads, panel(j, "slow readers of {answer} MB", trial.Readers(room)), panel(j, "slow posters of {body} bytes", trial.Posters(room)))
	if len(panels) > 1 {
		figure.Panels = panels
		return []chart.Chart{figure}
	}
	figure.LogY, figure.FromTo, figure.Categories, figure.Series = true, heads.FromTo, heads.Categories, heads.Series
	return judge.Keep(figure)
}

// panel shows the servers with slow clients of one kind, and with none. A kind that was not tried has none.
func panel(j *judge.Judging, title string, kind trial.Slow) chart.Chart {
	c := chart.Chart{ID: "median", Title: title, YLabel: "median response time (s)", LogY: true, FromTo: [2]float64{0.005, 10}}
	var names []string
	var with, without [][]float64
	var stuck []float64 // positions of those that theory says wait for the slow ones
	for _, f := range fronts {
		for _, system := range []string{f.alone, f.behind} {
			medians := j.Figures(judge.OthersMedian, on(system, kind, trial.Any))
			if len(medians) == 0 {
				continue
			}
			if system == f.alone {
				stuck = append(stuck, float64(len(names)))
			}
			names, with, without = append(names, system), append(with, medians), append(without, j.Figures(judge.OthersMedian, quick(system)))
		}
	}
	fast, _ := judge.Bars("without slow clients", names, without, judge.Per(1))
	slow, categories := judge.Bars("with {room} slow clients", names, with, judge.Per(1))
	c.Categories = categories
	c.Series = []chart.Series{
		slow, judge.Theory("theory: {half}", slow.Name, stuck, func(float64) float64 { return trial.Dawdling.Seconds() / 2 }),
		fast, judge.Theory("theory: {wait}", fast.Name, fast.X, func(float64) float64 { return trial.OthersWait.Seconds() }),
	}
	return c
}
