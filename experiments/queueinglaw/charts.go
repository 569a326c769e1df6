package queueinglaw

import (
	"math"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
)

func charts(t results.Table) []chart.Chart {
	own := mine(t)
	b := &beside{own: own}
	b.cost, b.costs = costOf(own)
	all := judge.Keep(b.responses())
	holds, fails := b.residuals("sync, requests that wait", asTold), b.residuals("where it does not hold", elsewhere)
	fails.LogY = true
	if panels := judge.Keep(holds, fails); len(panels) > 0 {
		all = append(all, chart.Chart{
			ID: "response-residuals", Title: "What theory leaves over, each worker taken for a server", YLabel: overTheory, Panels: panels,
		})
	}
	return all
}

// responses is formula, recursion and measurement of sync against load.
func (b *beside) responses() chart.Chart {
	measured := chart.Series{Name: "measured", Kind: chart.Points}
	expected := chart.Series{Name: "recursion of the run's own arrivals and waits", Kind: chart.Points}
	for _, l := range levels {
		runs := b.own.Match(loaded(forked, l)).Valid()
		law, ok := b.law(loaded(forked, l))
		if !ok {
			continue
		}
		at := math.Round(1000*law.Utilization()) / 10
		add(&measured, at, judge.MeanResponses(runs))
		add(&expected, at, recursion(b.cost, b.costs).Of(runs))
	}
	figure := chart.Chart{
		ID: "response-load", Title: "Mean response of four sync workers against load",
		XLabel: "load of the workers (%)", YLabel: "mean response time (ms)", Series: []chart.Series{measured, expected},
	}
	if len(measured.X) > 0 {
		law := law{delay: b.cost.takes - b.cost.holds}
		law.Service, law.Servers = waiting+b.cost.holds, forked.Workers
		figure.Series = append(figure.Series, judge.Theory("Erlang C (M/M/4)", "", percents(40, 90), func(percent float64) float64 {
			law.Rate = percent / 100 * float64(law.Servers) / law.Service.Seconds()
			return 1e3 * law.erlang()
		}))
	}
	return figure
}

// add puts the runs' response times at a place.
func add(s *chart.Series, at float64, seconds []float64) {
	if len(seconds) == 0 {
		return
	}
	mean, raw := judge.Bar(seconds, judge.Per(1e-3))
	s.X, s.Y, s.Raw = append(s.X, at), append(s.Y, mean), append(s.Raw, raw)
}

func percents(from, to int) (all []float64) {
	for p := from; p <= to; p++ {
		all = append(all, float64(p))
	}
	return all
}

const overTheory = "measured over theory (×)"

// A place is a cell in the residuals' figure.
type place struct {
	cell results.Cell
	name string
}

// The cells that the claim says the law holds for, and the others.
var (
	asTold = []place{
		{loaded(forked, half), "4×1, 50 %"},
		{loaded(forked, middle), "4×1, 70 %"},
		{loaded(forked, busiest), "4×1, 85 %"},
	}
	elsewhere = []place{
		{loaded(greedy, middle), "gthread 4×1, 70 %"},
		{computing(), "sync 5×1, computing"},
	}
)

// residuals are the runs' mean response times over the recursion and over the formula.
func (b *beside) residuals(title string, places []place) chart.Chart {
	var names []string
	var overRecursion, overFormula [][]float64
	for _, p := range places {
		runs := b.own.Match(p.cell).Valid()
		law, ok := b.law(p.cell)
		left := residual(b.cost, b.costs).Of(runs)
		if !ok || len(left) == 0 {
			continue
		}
		names = append(names, p.name)
		overRecursion = append(overRecursion, left)
		overFormula = append(overFormula, scaledAll(judge.MeanResponses(runs), 1/law.erlang()))
	}
	figure := chart.Chart{Title: title, YLabel: overTheory}
	recursed, categories := judge.Bars("over the recursion of the run's own arrivals", names, overRecursion, judge.Per(1))
	formulas, _ := judge.Bars("over Erlang C (M/M/c)", names, overFormula, judge.Per(1))
	figure.Categories = categories
	figure.Series = []chart.Series{
		recursed, formulas, judge.Theory("as theory says", "", recursed.X, func(float64) float64 { return 1 }),
	}
	return figure
}

func scaledAll(values []float64, by float64) []float64 {
	scaled := make([]float64, len(values))
	for i, v := range values {
		scaled[i] = v * by
	}
	return scaled
}
