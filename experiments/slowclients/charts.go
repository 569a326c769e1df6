package slowclients

import (
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results/chart"
)

// charts are one figure, with a panel for each kind of slow clients if there is more than one.
func charts(j *judge.Judging) []chart.Chart {
	figure := chart.Chart{
		ID: "median-beside-slow-clients", Title: "Median answer to the others next to clients that take {dawdling}",
		XLabel: "slow clients", YLabel: "median response time (s)",
	}
	heads := panel(j, "slow senders", senders)
	heads.Series = append(heads.Series, judge.Theory("theory from {room} on: {half}", servers[0].Shape(),
		[]float64{room, crowd}, func(float64) float64 { return trial.Dawdling.Seconds() / 2 }))
	panels := judge.Keep(heads, panel(j, "slow readers of {answer} MB", readers), panel(j, "slow posters of {body} bytes", posters))
	if len(panels) > 1 {
		figure.Panels = panels
		return []chart.Chart{figure}
	}
	figure.LogY, figure.FromTo, figure.Series = true, heads.FromTo, heads.Series
	return judge.Keep(figure)
}

// panel shows one kind of slow clients, and none. A kind that was not tried has nothing to show.
func panel(j *judge.Judging, title string, kind func(trial.Trial) bool) chart.Chart {
	c := chart.Chart{
		ID: "median", Title: title, XLabel: "slow clients", YLabel: "median response time (s)",
		LogY: true, FromTo: [2]float64{0.005, 10},
	}
	if len(j.Trials(kind)) == 0 {
		return c
	}
	clients := func(t trial.Trial) float64 { return float64(t.Slow.Clients) }
	for _, s := range servers {
		shown := j.Trials(func(t trial.Trial) bool { return t.Server.Class == s.Class && (t.Slow.Clients == 0 || kind(t)) })
		c.Series = append(c.Series, j.Over(s.Shape(), shown, clients, judge.OthersMedian, judge.Per(1)))
	}
	return c
}
