package gilcpu

import (
	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const (
	most  = 1.1 // X(4)/X(1) with the lock
	least = 1.6 // X(4)/X(1) without it, and X of two processes over one
)

// cell names a cell of either class among both.
func cell(class string, workers, threads int, lock, twin bool) string {
	return results.Cell{"class": class, "workers": workers, "threads": threads, "gil": lock, "twin": twin}.String()
}

func verdict(t results.Table) results.Verdict {
	mine := own(t)
	j := judge.New(id, claim, mine)
	fit := j.Fit(judge.Samples(mine, "throughput", "class", "workers", "threads", "gil", "twin"))

	four, one := cell("gthread", 1, 4, true, false), cell("gthread", 1, 1, true, false)
	locked := fit.Ratio(four, one)
	fit.Primary(four, one, most)
	if len(mine.Where("twin", true)) > 0 {
		fit.Control(four, cell("gthread", 1, 4, true, true))
	}
	forked := fit.Ratio(cell("sync", 2, 1, false, false), cell("sync", 1, 1, false, false))
	j.Also("×", forked, "X(2 processes)/X(1)")
	j.Also("", j.MeanOf(mine.Match(results.Cell{"gil": true, "threads": 4}), "lock_acquisitions_per_request"), "lock acquisitions a request, 4 threads")

	parts := []judge.Part{
		judge.AtMost(locked, most, "threads with the lock"),
		judge.AtLeast(forked, least, "processes"),
	}
	unlocked := text.Message{}
	if !experiments.Lacks(mine, results.Cell{"gil": false, "threads": 4}) {
		free := fit.Ratio(cell("gthread", 1, 4, false, false), cell("gthread", 1, 1, false, false))
		j.Also("×", free, "no lock: X(4 threads)/X(1)")
		parts = append(parts, judge.AtLeast(free, least, "threads without the lock"))
		unlocked = text.Of(", without it %s", stat.FormatInterval(free, "×"))
	}
	outcome := j.All(parts...)
	if !parallel(mine) {
		outcome = results.Inconclusive
		j.Warn("the server had a single core: nothing can be said of parallel work")
	}
	return j.Conclude(outcome, "lock: X(4 threads)/X(1)", "×", locked,
		"With the lock 4 threads serve %s what 1 does%s; two processes serve %s what one does.",
		stat.FormatInterval(locked, "×"), unlocked, stat.FormatInterval(forked, "×"))
}

// parallel reports whether every run had two cores for the server.
func parallel(t results.Table) bool {
	for _, cores := range t.Valid().Values("server_cores") {
		if cores < 2 {
			return false
		}
	}
	return true
}

func charts(t results.Table) []chart.Chart {
	pool := t.Match(threads()).Where("twin", false)
	throughput := chart.Chart{
		ID: "throughput-threads-cpu", Title: "Throughput of computing requests against threads and processes",
		XLabel: "threads of one worker, or workers", YLabel: "throughput (requests/s)",
		Series: []chart.Series{
			judge.Curve("threads, with the lock", pool.Where("gil", true), "threads", "throughput", judge.Per(1)),
			judge.Curve("threads, without it", pool.Where("gil", false), "threads", "throughput", judge.Per(1)),
			judge.Curve("processes (sync)", own(t).Where("class", "sync"), "workers", "throughput", judge.Per(1)),
		},
	}
	return judge.Keep(throughput)
}
