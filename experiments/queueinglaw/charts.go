package queueinglaw

import (
	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
)

func charts(t results.Table) []analysis.Chart {
	own := mine(t)
	b := &beside{own: own, overhead: overheads(own)}
	return experiments.Keep(b.responses(), b.residuals())
}

// responses is formula, recursion and measurement of sync against load.
func (b *beside) responses() analysis.Chart {
	measured := analysis.Series{Name: "measured", Kind: analysis.Points}
	expected := analysis.Series{Name: "recursion of the run's own arrivals and waits", Kind: analysis.Points}
	for _, l := range levels {
		runs := b.own.Match(loaded(forked, l)).Valid()
		law, ok := b.law(loaded(forked, l))
		if !ok {
			continue
		}
		at := 100 * law.Utilization()
		add(&measured, at, experiments.MeanResponses(runs))
		add(&expected, at, recursion(b.overhead).Of(runs))
	}
	chart := analysis.Chart{
		ID: "response-load", Title: "Mean response of four sync workers against load",
		XLabel: "load of the workers (%)", YLabel: "mean response time (ms)", Series: []analysis.Series{measured, expected},
	}
	if len(b.overhead) > 0 && len(measured.X) > 0 {
		service := waiting + average(b.overhead)
		chart.Series = append(chart.Series, experiments.Theory("Erlang C (M/M/4)", "", percents(40, 90), func(percent float64) float64 {
			rate := percent / 100 * float64(forked.Workers) / service.Seconds()
			return 1e3 * queueing.Open{Rate: rate, Service: service, Servers: forked.Workers}.Response()
		}))
	}
	return chart
}

// add puts the runs' response times at a place.
func add(s *analysis.Series, at float64, seconds []float64) {
	if len(seconds) == 0 {
		return
	}
	mean, raw := experiments.Bar(seconds, experiments.Per(1e-3))
	s.X, s.Y, s.Raw = append(s.X, at), append(s.Y, mean), append(s.Raw, raw)
}

func percents(from, to int) (all []float64) {
	for p := from; p <= to; p++ {
		all = append(all, float64(p))
	}
	return all
}

// compared are the cells of the residuals' figure.
var compared = []struct {
	cell results.Cell
	name string
}{
	{loaded(forked, half), "sync 4×1, 50 %"},
	{loaded(forked, middle), "sync 4×1, 70 %"},
	{loaded(forked, busiest), "sync 4×1, 85 %"},
	{loaded(greedy, middle), "gthread 4×1, 70 %"},
	{computing(), "sync 5×1 cpu"},
}

// residuals are the runs' mean response times over the recursion and over the formula.
func (b *beside) residuals() analysis.Chart {
	var names []string
	var overRecursion, overFormula [][]float64
	for _, c := range compared {
		runs := b.own.Match(c.cell).Valid()
		law, ok := b.law(c.cell)
		left := residual(b.overhead).Of(runs)
		if !ok || len(left) == 0 {
			continue
		}
		formula := law.Response()
		names = append(names, c.name)
		overRecursion = append(overRecursion, left)
		overFormula = append(overFormula, scaledAll(experiments.MeanResponses(runs), 1/formula))
	}
	chart := analysis.Chart{
		ID: "response-residuals", Title: "What theory leaves over, each worker taken for a server",
		YLabel: "measured mean response over theory's (×)", LogY: true,
	}
	recursed, categories := experiments.Bars("over the recursion of the run's own arrivals", names, overRecursion, experiments.Per(1))
	formulas, _ := experiments.Bars("over Erlang C (M/M/c)", names, overFormula, experiments.Per(1))
	chart.Categories, chart.Series = categories, []analysis.Series{recursed, formulas}
	chart.Series = append(chart.Series, experiments.Theory("as theory says", "", recursed.X, func(float64) float64 { return 1 }))
	return chart
}

func scaledAll(values []float64, by float64) []float64 {
	scaled := make([]float64, len(values))
	for i, v := range values {
		scaled[i] = v * by
	}
	return scaled
}
