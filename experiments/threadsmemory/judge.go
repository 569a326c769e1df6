package threadsmemory

import (
	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

const third = 1.0 / 3

func name(s spec.Server, memory int64) string {
	return results.Cell{
		"class": s.Class, "workers": s.Workers, "threads": max(1, s.Threads), "app_memory_bytes": memory,
	}.String()
}

func verdict(t results.Table) results.Verdict {
	j := judge.New(id, claim, t.Match(own()))
	fit := j.Fit(judge.Samples(eight(t), "pss", "class", "workers", "threads", "app_memory_bytes"))
	large := fit.Ratio(name(threads, app), name(processes, app))
	small := fit.Ratio(name(threads, 0), name(processes, 0))
	fit.Primary(name(threads, app), name(processes, app), third)

	thread := perBusyThread(j, t.Match(own()))
	j.Also("×", small, "the same with no app")
	j.Also("bytes", thread, "a busy thread")
	j.Also("×", fit.Ratio(name(both, app), name(processes, app)), "2×4 over 8×1, app of 32 MiB")
	if !experiments.Lacks(eight(t), results.Cell{"class": coroutines.Class}) {
		j.Also("×", fit.Ratio(name(coroutines, app), name(processes, app)), "8 coroutines over 8×1, app of 32 MiB")
	}
	rate := j.Fit(judge.Samples(eight(t), "throughput", "class", "workers", "threads", "app_memory_bytes"))
	j.Also("×", rate.Ratio(name(threads, app), name(processes, app)), "throughput, 1×8 over 8×1")

	sizes := results.Strata(
		j.All(judge.AtMost(large, third, "a third, with an app of 32 MiB")),
		j.All(judge.AtMost(small, third, "a third, with no app")))
	return j.Conclude(sizes, "PSS of 1×8 over 8×1, app of 32 MiB", "×", large,
		"Eight threads instead of eight processes need %s of the memory with an app of 32 MiB and %s with none; a busy thread costs %s.",
		stat.FormatInterval(large, "×"), stat.FormatInterval(small, "×"), stat.FormatInterval(thread, "bytes"))
}

// perBusyThread is the slope of PSS on busy threads of one process without an app.
func perBusyThread(j *judge.Judging, t results.Table) stat.Interval {
	var busy, bytes []float64
	for _, r := range t.Match(results.Cell{"class": "gthread", "workers": 1, "app_memory_bytes": 0}).Valid() {
		n, ok := r.Value("held")
		pss, read := r.Value("pss")
		if ok && read {
			busy, bytes = append(busy, n), append(bytes, pss)
		}
	}
	return j.Estimated(stat.Slope(busy, bytes))
}

func charts(t results.Table) []chart.Chart {
	figure := chart.Chart{
		ID: "memory-equal-concurrency", Title: "Memory of a server that holds 8 requests at once",
		YLabel: "proportional memory, PSS (MiB)", Categories: []string{"8×1 sync", "2×4 gthread", "1×8 gthread", "gevent"},
	}
	for _, memory := range []int64{0, app} {
		s := chart.Series{Name: "no app", Kind: chart.Points}
		if memory > 0 {
			s.Name = "app of 32 MiB"
		}
		for i, server := range []spec.Server{processes, both, threads, coroutines} {
			runs := eight(t).Valid().Match(results.Cell{
				"class": server.Class, "workers": server.Workers, "threads": max(1, server.Threads), "app_memory_bytes": memory,
			}).Values("pss")
			if len(runs) > 0 {
				mean, raw := judge.Bar(runs, judge.Per(1<<20))
				s.X, s.Y, s.Raw = append(s.X, float64(i)), append(s.Y, mean), append(s.Raw, raw)
			}
		}
		figure.Series = append(figure.Series, s)
	}
	one := t.Match(own()).Match(results.Cell{"class": "gthread", "workers": 1, "app_memory_bytes": 0})
	perThread := chart.Chart{
		ID: "memory-threads", Title: "Memory against busy threads (gthread, one worker)",
		XLabel: "threads, each holding a request", YLabel: "proportional memory, PSS (MiB)",
		Series: []chart.Series{judge.Curve("1 worker", one, "threads", "pss", judge.Per(1<<20))},
	}
	return judge.Keep(figure, perThread)
}
