package keepaliveproxy

import (
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
)

// charts show the share of answers 502 by pair, and beside it what the race spares.
func charts(t results.Table) []chart.Chart {
	mine := t.Match(own())
	var names []string
	var values [][]float64
	var none []bool // theory says that there are none
	add := func(name string, c pair, w way, safe bool) {
		names, none = append(names, name), append(none, safe)
		values = append(values, shares(mine.Match(c.cell(w))))
	}
	for _, c := range hasty {
		add(c.String(), c, posts, false)
	}
	add(even.String(), even, posts, false)
	for _, c := range patient {
		add(c.String(), c, posts, true)
	}
	add("GET, "+hasty[0].String(), hasty[0], gets, true)
	add("~ "+hasty[0].String(), hasty[0], strays, false)

	measured, categories := judge.Bars("measured", names, values, judge.Per(0.01))
	var safe []float64
	for i, at := 0, 0.0; i < len(names); i++ {
		if len(values[i]) == 0 {
			continue
		}
		if none[i] {
			safe = append(safe, at)
		}
		at++
	}
	return judge.Keep(chart.Chart{
		ID: "keep-alive-proxy", Title: "Answers 502 where 100 POSTs come at once, again and again",
		XLabel: "keep-alive of gunicorn / nginx (~: POSTs that come one by one)", YLabel: "answered 502 (%)", Categories: categories,
		Series: []chart.Series{measured, judge.Theory("theory: none", measured.Name, safe, func(float64) float64 { return 0 })},
	})
}

// shares are those of the answers 502, one a run.
func shares(t results.Table) (all []float64) {
	for _, r := range t.Valid() {
		if lost, sent := losses(&r); sent > 0 {
			all = append(all, float64(lost)/float64(sent))
		}
	}
	return all
}
