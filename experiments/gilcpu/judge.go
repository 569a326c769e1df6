package gilcpu

import (
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const (
	most  = 1.1 // X(many)/X(1) with the lock
	least = 1.6 // X(many)/X(1) without it, and X of several processes over one
)

func verdict(j *judge.Judging) results.Verdict {
	fit := j.CompareValue("throughput", j.Trials()...)
	locked := fit.PrimaryRatio(pool(many, true), pool(1, true), most)
	fit.Twins(pool(many, true))
	doubled := fit.Ratio(processes(forked), processes(1))
	j.Also("×", doubled, "X({forked} processes)/X(1)")
	j.Also("", j.MeanOf(j.Of(pool(many, true), pool(many, true).Again()), "lock_acquisitions_per_request"), "lock acquisitions a request, {many} threads")

	parts := []judge.Part{
		judge.AtMost(locked, most, "threads with the lock"),
		judge.AtLeast(doubled, least, "processes"),
	}
	unlocked := text.Message{}
	if !j.Lacks(pool(many, false)) {
		free := fit.Ratio(pool(many, false), pool(1, false))
		j.Also("×", free, "no lock: X({many} threads)/X(1)")
		parts = append(parts, judge.AtLeast(free, least, "threads without the lock"))
		unlocked = text.Of(", without it %s", stat.FormatInterval(free, "×"))
	}
	outcome := j.All(parts...)
	if !parallel(j.Table()) {
		outcome = results.Inconclusive
		j.Warn("the server had a single core: nothing can be said of parallel work")
	}
	return j.Conclude(outcome, "lock: X({many} threads)/X(1)", "×", locked,
		"With the lock {many} threads serve %s what one does%s; {forked} processes serve %s what one does.",
		stat.FormatInterval(locked, "×"), unlocked, stat.FormatInterval(doubled, "×"))
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

func charts(j *judge.Judging) []chart.Chart {
	threads := func(lock bool) []trial.Trial {
		return j.Trials(func(t trial.Trial) bool {
			return t.Server.Class == "gthread" && t.Server.GIL == lock && !t.Twin
		})
	}
	forks := j.Trials(func(t trial.Trial) bool { return t.Server.Class == "sync" })
	return judge.Keep(chart.Chart{
		ID: "throughput-threads-cpu", Title: "Throughput of computing requests against threads and processes",
		XLabel: "threads of one worker, or workers", YLabel: "throughput (requests/s)",
		Series: []chart.Series{
			j.Over("threads, with the lock", threads(true), judge.Threads, judge.Value("throughput"), judge.Per(1)),
			j.Over("threads, without it", threads(false), judge.Threads, judge.Value("throughput"), judge.Per(1)),
			j.Over("processes (sync)", forks, judge.Workers, judge.Value("throughput"), judge.Per(1)),
		},
	})
}
