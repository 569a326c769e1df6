package queueinglaw

import (
	"maps"
	"slices"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
	"github.com/workerlab/workerlab/results/text"
)

const margin = 0.10 // of R around Erlang C's

// axes tell the loaded cells apart.
var axes = []string{"class", "rate", "do"}

func named(cell results.Cell) string { return experiments.Named(cell, axes...) }

func judge(t results.Table) results.Verdict {
	mine := own(t)
	j := experiments.Judge(id, claim, mine)
	b := newBeside(j, mine)

	var parts []experiments.Part
	var last results.Interval
	for _, l := range levels {
		last = b.long(b.calm, loaded(forked, l))
		parts = append(parts, experiments.Within(last, 1/(1+margin), 1+margin, "sync, %d %% busy: within 10 %% of Erlang C", l.percent))
		if l != busiest {
			j.Also("×", last, "sync, %d %% busy: mean response over Erlang C's", l.percent)
		}
	}
	greedily := b.long(b.fit(loaded(forked, middle), loaded(greedy, middle)), loaded(greedy, middle))
	computed := b.long(b.fit(loaded(forked, middle), computing()), computing())
	j.Also("×", greedily, "gthread 4×1, 70 %% busy: mean response over Erlang C's")
	j.Also("×", computed, "computing on 1 core, 70 %% busy: mean response over Erlang C's for 4 servers")
	b.tell()

	outcome := j.All(append(parts,
		experiments.AtLeast(greedily, 1+margin, "gthread 4×1 answers later than Erlang C says"),
		experiments.AtLeast(computed, 1+margin, "requests that compute are answered later than Erlang C says for as many servers as workers"))...)
	return j.Conclude(outcome, "sync, 85 %% busy: mean response over Erlang C's", "×", last,
		"At 85 %% load four sync workers take %s the time that Erlang C says. At 70 %% four gthread workers of one thread take %s, and four sync workers that compute on one core %s what it says for four servers.",
		analysis.FormatInterval(last, "×"), analysis.FormatInterval(greedily, "×"), analysis.FormatInterval(computed, "×"))
}

// beside are the runs beside the recursion and beside the formulas.
type beside struct {
	j        *experiments.Judging
	mine     results.Table
	overhead map[int]time.Duration
	calm     experiments.Fit // measured over recursion, of sync's levels
}

func newBeside(j *experiments.Judging, mine results.Table) *beside {
	b := &beside{j: j, mine: mine, overhead: overheads(mine)}
	if len(b.overhead) == 0 {
		j.Known(results.Interval{}, text.Errorf("no run of a lone client tells what a request takes beyond its wait"))
	}
	var cells []results.Cell
	for _, l := range levels {
		cells = append(cells, loaded(forked, l))
	}
	b.calm = b.fit(cells...)
	return b
}

// fit is of measured over recursion. A cell whose runs scatter more than others' is fitted with one of those
// alone: in a common fit it would lend them its scatter.
func (b *beside) fit(cells ...results.Cell) experiments.Fit {
	return b.j.Fit(experiments.Derived(experiments.Either(b.mine, cells...), residual(b.overhead), axes...))
}

// law is M/M/4 for the cell's runs.
func (b *beside) law(cell results.Cell) (law, bool) {
	demand := waiting
	if results.SameValue(cell["do"], computingDo) {
		demand = working
	}
	return lawOf(b.mine.Match(cell), demand, b.overhead)
}

// long is the cell's mean response time in the long run over Erlang C's.
func (b *beside) long(fit experiments.Fit, cell results.Cell) results.Interval {
	l, ok := b.law(cell)
	if !ok {
		return b.j.Beside(nil) // what is lacking was noted with the fit
	}
	if l.Utilization() >= 1 {
		return b.j.Known(results.Interval{}, text.Errorf("at %s load Erlang C has no mean", analysis.Format(l.Utilization(), "share")))
	}
	return scaled(fit.Mean(named(cell)), l.settled())
}

// tell adds what stands beside the verdict.
func (b *beside) tell() {
	var costs []float64
	for _, block := range slices.Sorted(maps.Keys(b.overhead)) {
		costs = append(costs, b.overhead[block].Seconds())
	}
	b.j.Also("seconds", b.j.Beside(costs), "what a lone request takes beyond its wait")
	for _, l := range levels {
		b.j.Also("×", b.calm.Mean(named(loaded(forked, l))), "sync, %d %% busy: measured over the recursion of its own arrivals", l.percent)
	}
	for _, l := range levels {
		b.j.Also("×", b.plain(loaded(forked, l), func(l law) float64 { return l.Response() }), "sync, %d %% busy: this run's mean over Erlang C's, sampling error and all", l.percent)
	}
	b.j.Also("×", b.plain(loaded(greedy, middle), law.split), "gthread 4×1: this run's mean over four equal queues' (M/M/1)")
	b.j.Also("×", b.plain(computing(), b.shared), "computing: this run's mean over one shared core's (M/G/1-PS)")
}

// plain is the mean of the cell's measured mean response times over a formula.
func (b *beside) plain(cell results.Cell, formula func(law) float64) results.Interval {
	l, ok := b.law(cell)
	if !ok {
		return b.j.Beside(nil)
	}
	return scaled(b.j.Beside(experiments.MeanResponses(b.mine.Match(cell))), 1/formula(l))
}

// shared is the mean response time in seconds of requests that share one core, which have there what CPU time
// a request was measured to take.
func (b *beside) shared(l law) float64 {
	l.Service = duration(experiments.Average(b.mine.Match(computing()).Valid().Values("cpu_per_request")))
	return queueing.Single{Rate: l.Rate, Service: l.Service}.SharedResponse()
}

func duration(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }

func scaled(i results.Interval, by float64) results.Interval {
	i.Estimate, i.Low, i.High = i.Estimate*by, i.Low*by, i.High*by
	return i
}
