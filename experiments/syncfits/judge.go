package syncfits

import (
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/regress"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const (
	margin = 1.10 // X(class)/X(sync) at most, where requests compute
	lower  = 0.80 // p95(class)/p95(sync) at least
	gain   = 3.0  // X(threads)/X(sync) where requests wait: below it, sync fits

	served  = "X(%s)/X(sync), computing"
	delayed = "p95(%s)/p95(sync), computing, 200/s"
)

func cell(s spec.Server, twin bool) string {
	return results.Cell{"class": s.Class, "twin": twin}.String()
}

func verdict(t results.Table) results.Verdict {
	busy, open, idle := tables(t)
	j := judge.New(id, claim, append(append(append(results.Table(nil), busy...), open...), idle...))

	throughput := j.Fit(judge.Samples(busy, "throughput", "class", "twin"))
	throughput.Primary(cell(gevent, false), cell(sync2, false), margin)
	best := throughput.Ratio(cell(gevent, false), cell(sync2, false))
	var parts []judge.Part
	for _, s := range rivals {
		ratio := throughput.Ratio(cell(s, false), cell(sync2, false))
		parts = append(parts, judge.AtMost(ratio, margin, served, s.Shape()))
		j.Also("×", ratio, served, s.Shape())
	}

	tails := judge.Derived(open, judge.P95, "class", "twin")
	j.Fit(tails).Control(cell(sync2, false), cell(sync2, true))
	for _, s := range opened {
		ratio := j.Fit(beside(tails, s)).Ratio(cell(s, false), cell(sync2, false))
		parts = append(parts, judge.AtLeast(ratio, lower, delayed, s.Shape()))
		j.Also("×", ratio, delayed, s.Shape())
	}

	threads := j.Fit(judge.Samples(idle, "throughput", "class", "twin")).Ratio(cell(gthread8, false), cell(sync2, false))
	j.Also("×", threads, "X(gthread 2×8)/X(sync), waiting")

	computes := j.All(parts...)
	waits := j.All(judge.AtMost(threads, gain, "sync fits requests that wait"))
	lesson, outcome := text.Message{}, results.Strata(computes, waits)
	if computes == results.Supported && waits == results.Refuted {
		lesson = text.Of(" It depends on the share of waiting: sync fits what computes, not what waits.")
	}
	return j.Conclude(outcome, "computing: X(gevent)/X(sync)", "×", best,
		"Where requests compute, two gevent workers serve %s what two sync workers do; where they wait, two workers of 8 threads serve %s.%s",
		stat.FormatInterval(best, "×"), stat.FormatInterval(threads, "×"), lesson)
}

// beside are the samples of sync and one other class. Each class is fitted with sync alone: threads
// under the lock scatter several times as much as the others, and would lend them their noise.
func beside(samples []regress.Sample, s spec.Server) (pair []regress.Sample) {
	for _, x := range samples {
		if x.Cell == cell(s, false) || x.Cell == cell(sync2, false) || x.Cell == cell(sync2, true) {
			pair = append(pair, x)
		}
	}
	return pair
}

// tables are the experiment's records, by load.
func tables(t results.Table) (busy, open, idle results.Table) {
	cells := func(load func(spec.Server) results.Cell, servers ...spec.Server) (all []results.Cell) {
		for _, s := range servers {
			all = append(all, load(s))
		}
		return all
	}
	busy = judge.Either(t.Where("twin", false), cells(saturated, append([]spec.Server{sync2}, rivals...)...)...)
	open = judge.Either(t, cells(arriving, append([]spec.Server{sync2}, opened...)...)...)
	idle = judge.Either(t.Where("twin", false), cells(waiting, sync2, gthread8)...)
	return busy, open, idle
}
