package syncfits

import (
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const (
	margin = 1.10 // X(class)/X(sync) at most, where requests compute
	lower  = 0.80 // p95(class)/p95(sync) at least
	gain   = 3.0  // X(threads)/X(sync) where requests wait: below it, sync fits

	served  = "X(%s)/X(sync), computing"
	delayed = "p95(%s)/p95(sync), computing, {rate}/s"
)

func verdict(j *judge.Judging) results.Verdict {
	throughput := j.CompareValue("throughput", each(computing, append([]spec.Server{sync2}, rivals...)...)...)
	best := throughput.PrimaryRatio(computing(gevent), computing(sync2), margin)
	var parts []judge.Part
	for _, s := range rivals {
		ratio := throughput.Ratio(computing(s), computing(sync2))
		parts = append(parts, judge.AtMost(ratio, margin, served, s.Shape()))
		j.Also("×", ratio, served, s.Shape())
	}

	// Each class is fitted with sync alone: threads under the lock scatter several times as much as the others,
	// and would lend them their noise.
	again := arriving(sync2).Again()
	j.Compare(judge.P95, append(each(arriving, append([]spec.Server{sync2}, opened...)...), again)...).Twins(arriving(sync2))
	for _, s := range opened {
		ratio := j.Compare(judge.P95, arriving(s), arriving(sync2), again).Ratio(arriving(s), arriving(sync2))
		parts = append(parts, judge.AtLeast(ratio, lower, delayed, s.Shape()))
		j.Also("×", ratio, delayed, s.Shape())
	}

	threads := j.CompareValue("throughput", waiting(gthread8), waiting(sync2)).Ratio(waiting(gthread8), waiting(sync2))
	j.Also("×", threads, "X({pool})/X(sync), waiting")

	computes := j.All(parts...)
	waits := j.All(judge.AtMost(threads, gain, "sync fits requests that wait"))
	lesson, outcome := text.Message{}, results.Strata(computes, waits)
	if computes == results.Supported && waits == results.Refuted {
		lesson = text.Of(" It depends on the share of waiting: sync fits what computes, not what waits.")
	}
	return j.Conclude(outcome, "computing: X(gevent)/X(sync)", "×", best,
		"Where requests compute, {workers} gevent workers serve %s what {workers} sync workers do; where they wait, {workers} workers of {threads} threads serve %s.%s",
		stat.FormatInterval(best, "×"), stat.FormatInterval(threads, "×"), lesson)
}
