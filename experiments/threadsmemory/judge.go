package threadsmemory

import (
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

const third = 1.0 / 3

func verdict(j *judge.Judging) results.Verdict {
	eight := j.Trials(func(t trial.Trial) bool { return t.Load.Clients == held })
	fit := j.CompareValue("pss", eight...)
	large := fit.PrimaryRatio(of(threads, app), of(processes, app), third)
	small := fit.Ratio(of(threads, 0), of(processes, 0))

	thread := perBusyThread(j)
	j.Also("×", small, "the same with no app")
	j.Also("bytes", thread, "a busy thread")
	j.Also("×", fit.Ratio(of(both, app), of(processes, app)), "{both} over {processes}, app of {app} MiB")
	if !j.Lacks(of(coroutines, app)) {
		j.Also("×", fit.Ratio(of(coroutines, app), of(processes, app)), "{held} coroutines over {processes}, app of {app} MiB")
	}
	j.Also("×", j.CompareValue("throughput", eight...).Ratio(of(threads, app), of(processes, app)), "throughput, {threads} over {processes}")

	sizes := results.Strata(
		j.All(judge.AtMost(large, third, "{third} %% at most, with an app of {app} MiB")),
		j.All(judge.AtMost(small, third, "{third} %% at most, with no app")))
	return j.Conclude(sizes, "PSS of {threads} over {processes}, app of {app} MiB", "×", large,
		"{held} threads instead of as many processes need %s of the memory with an app of {app} MiB and %s with none; a busy thread costs %s.",
		stat.FormatInterval(large, "×"), stat.FormatInterval(small, "×"), stat.FormatInterval(thread, "bytes"))
}

// perBusyThread is the slope of PSS on busy threads of one process without an app.
func perBusyThread(j *judge.Judging) stat.Interval {
	var busy, bytes []float64
	for _, r := range j.Of(j.Trials(pool)...).Valid() {
		n, ok := r.Value("held")
		pss, read := r.Value("pss")
		if ok && read {
			busy, bytes = append(busy, n), append(bytes, pss)
		}
	}
	return j.Estimated(stat.Slope(busy, bytes))
}

func charts(j *judge.Judging) []chart.Chart {
	equal := chart.Chart{
		ID: "memory-equal-concurrency", Title: "Memory of a server that holds {held} requests at once",
		YLabel: "proportional memory, PSS (MiB)",
	}
	without := chart.Series{Name: "no app", Kind: chart.Points}
	with := chart.Series{Name: "app of {app} MiB", Kind: chart.Points}
	for i, s := range []spec.Server{processes, both, threads, coroutines} {
		equal.Categories = append(equal.Categories, s.Shape())
		judge.Put(&without, float64(i), j.Values("pss", of(s, 0)), judge.Per(1<<20))
		judge.Put(&with, float64(i), j.Values("pss", of(s, app)), judge.Per(1<<20))
	}
	equal.Series = []chart.Series{without, with}
	return judge.Keep(equal, chart.Chart{
		ID: "memory-threads", Title: "Memory against busy threads (gthread, one worker)",
		XLabel: "threads, each holding a request", YLabel: "proportional memory, PSS (MiB)",
		Series: []chart.Series{j.Over("one worker", j.Trials(pool), judge.Threads, judge.Value("pss"), judge.Per(1<<20))},
	})
}
