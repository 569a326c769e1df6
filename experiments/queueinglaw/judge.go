package queueinglaw

import (
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const margin = 0.10 // of R around Erlang C's

// axes tell the loaded cells apart.
var axes = []string{"class", "rate", "do"}

func named(cell results.Cell) string { return judge.Named(cell, axes...) }

func verdict(t results.Table) results.Verdict {
	own := mine(t)
	j := judge.New(id, claim, own)
	b := newBeside(j, own)

	var parts []judge.Part
	var last stat.Interval
	for _, l := range levels {
		last = b.long(loaded(forked, l), b.calm.Mean)
		parts = append(parts, judge.Within(last, 1/(1+margin), 1+margin, "sync, %d %% busy: within 10 %% of Erlang C", l.percent))
		if l != busiest {
			j.Also("×", last, "sync, %d %% busy: mean response over Erlang C's", l.percent)
		}
	}
	// Starts of gthread scatter far more than sync's: in a common fit they would lend the others their scatter.
	greedily := b.long(loaded(greedy, middle), b.fit(loaded(forked, middle), loaded(greedy, middle)).Mean)
	computed := b.long(computing(), b.alone(computing()))
	j.Also("×", greedily, "gthread 4×1, 70 %% busy: mean response over Erlang C's")
	j.Also("×", computed, "computing, 5 workers on 2 cores: mean response over Erlang C's for 5 servers")
	b.tell()

	outcome := j.All(append(parts,
		judge.AtLeast(greedily, 1+margin, "gthread 4×1 answers later than Erlang C says"),
		judge.AtLeast(computed, 1+margin, "requests that compute are answered later than Erlang C says for as many servers as workers"))...)
	return j.Conclude(outcome, "sync, 85 %% busy: mean response over Erlang C's", "×", last,
		"At 85 %% load four sync workers take %s the time that Erlang C says. At 70 %% four gthread workers of one thread take %s, and five sync workers that compute on two cores %s what it says for five servers.",
		stat.FormatInterval(last, "×"), stat.FormatInterval(greedily, "×"), stat.FormatInterval(computed, "×"))
}

// beside are the runs beside the recursion and beside the formulas.
type beside struct {
	j     *judge.Judging
	own   results.Table
	cost  cost
	costs bool      // are known
	calm  judge.Fit // measured over recursion, of sync's levels
}

func newBeside(j *judge.Judging, own results.Table) *beside {
	b := &beside{j: j, own: own}
	if b.cost, b.costs = costOf(own); !b.costs {
		j.Known(stat.Interval{}, text.Errorf("no runs of a lone client and of saturated workers tell what a request costs beyond its wait"))
	}
	var cells []results.Cell
	for _, l := range levels {
		cells = append(cells, loaded(forked, l))
	}
	b.calm = b.fit(cells...)
	return b
}

// fit is of measured over recursion in some cells.
func (b *beside) fit(cells ...results.Cell) judge.Fit {
	return b.j.Fit(judge.Derived(judge.Either(b.own, cells...), residual(b.cost, b.costs), axes...))
}

// alone is the mean of measured over recursion in one cell, by itself.
func (b *beside) alone(cell results.Cell) func(string) stat.Interval {
	return func(string) stat.Interval {
		return b.j.Known(stat.Mean(residual(b.cost, b.costs).Of(b.own.Match(cell)), b.j.Confidence))
	}
}

func (b *beside) law(cell results.Cell) (law, bool) {
	l, ok := lawOf(cell, b.own.Match(cell), b.cost)
	return l, ok && b.costs
}

// long is the cell's mean response time in the long run over Erlang C's, given the mean of measured over
// recursion.
func (b *beside) long(cell results.Cell, residual func(name string) stat.Interval) stat.Interval {
	left := residual(named(cell)) // which notes what is lacking
	l, ok := b.law(cell)
	if !ok {
		return b.j.Beside(nil)
	}
	if load := l.Utilization(); load >= 1 {
		return b.j.Known(left, text.Errorf("at %s load Erlang C has no mean", stat.Format(load, "share")))
	}
	return left.Scaled(l.settled())
}

// tell adds what stands beside the verdict.
func (b *beside) tell() {
	if b.costs {
		b.j.Also("seconds", stat.Interval{Estimate: b.cost.takes.Seconds()}, "what a lone request takes beyond its wait")
		b.j.Also("seconds", stat.Interval{Estimate: b.cost.holds.Seconds()}, "what a request holds a worker for beyond its wait")
	}
	for _, l := range levels {
		b.j.Also("×", b.calm.Mean(named(loaded(forked, l))), "sync, %d %% busy: measured over the recursion of its own arrivals", l.percent)
	}
	for _, l := range levels {
		b.j.Also("×", b.plain(loaded(forked, l), law.erlang), "sync, %d %% busy: this run's mean over Erlang C's, sampling error and all", l.percent)
	}
	b.j.Also("×", b.plain(loaded(greedy, middle), law.split), "gthread 4×1: this run's mean over four equal queues' (M/M/1)")
	b.j.Also("×", b.plain(computing(), b.shared), "computing: this run's mean over two shared cores' (M/G/2-PS)")
}

// plain is the mean of the cell's measured mean response times over a formula.
func (b *beside) plain(cell results.Cell, formula func(law) float64) stat.Interval {
	l, ok := b.law(cell)
	if !ok {
		return b.j.Beside(nil)
	}
	return b.j.Beside(judge.MeanResponses(b.own.Match(cell))).Scaled(1 / formula(l))
}

// shared is the mean response time in seconds of requests that share two cores, with the CPU time a request
// that was measured.
func (b *beside) shared(l law) float64 {
	demand := stat.Average(b.own.Match(computing()).Valid().Values("cpu_per_request"))
	return queueing.Pool{
		Rate: l.Rate, Size: l.Servers,
		Net: queueing.Closed{CPU: judge.Seconds(demand), Cores: 2},
	}.Settles().Response
}
