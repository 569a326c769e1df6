package workersmemory

import (
	"slices"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

const least = 0.9 // of the app's memory

func verdict(j *judge.Judging) results.Verdict {
	share := j.Estimated(private(j))
	bare := slope(j, 0, "pss")
	j.Also("bytes", slope(j, app, "pss"), "PSS per worker, app of {app} MiB")
	j.Also("bytes", bare, "PSS per worker, no app")
	j.Also("bytes", slope(j, 0, "uss"), "private memory (USS) per worker, no app")
	over := overstated(j)
	j.Also("×", over, "sum of RSS over PSS, {many} workers, app of {app} MiB")

	return j.Conclude(results.AtLeast(share, least), "private share of the app's memory", "share", share,
		"A worker adds %s of its app's {app} MiB, and %s of its own without any app. Adding up RSS instead of PSS would overstate {many} workers by a factor of %s.",
		stat.FormatInterval(share, "share"), stat.FormatInterval(bare, "bytes"), stat.Format(over.Estimate, ""))
}

// private is what a further worker adds of the app's memory, as a share: the slope on workers of the
// difference between a server with the app and one without, block by block.
func private(j *judge.Judging) (stat.Estimate, error) {
	var workers, share []float64
	for _, t := range j.Trials(with(app)) {
		holds, bare := j.Paired(judge.Value("pss"), t, holding(0, t.Server.Workers, trial.Any))
		for i := range holds {
			workers, share = append(workers, judge.Workers(t)), append(share, (holds[i]-bare[i])/app)
		}
	}
	return stat.Slope(workers, share)
}

// slope is what a further worker adds, in bytes.
func slope(j *judge.Judging, memory int64, value string) stat.Interval {
	var workers, bytes []float64
	for _, t := range j.Trials(with(memory)) {
		for _, v := range j.Values(value, t) {
			workers, bytes = append(workers, judge.Workers(t)), append(bytes, v)
		}
	}
	return j.Estimated(stat.Slope(workers, bytes))
}

func overstated(j *judge.Judging) stat.Interval {
	eight := holding(app, many, trial.Any)
	rss := j.EstimateOf(judge.Value("rss"), eight, "RSS with {many} workers")
	pss := j.EstimateOf(judge.Value("pss"), eight, "PSS with {many} workers")
	return stat.Interval{Estimate: rss / pss}
}

func charts(j *judge.Judging) []chart.Chart {
	figure := chart.Chart{
		ID: "memory-workers", Title: "Memory against workers (sync, whole process tree), by the app's memory",
		XLabel: "workers", YLabel: "proportional memory, PSS (MiB)",
	}
	var levels []int64
	for _, t := range j.Trials() {
		if memory := t.Server.AppMemory; !slices.Contains(levels, memory) {
			levels = append(levels, memory)
		}
	}
	slices.Sort(levels)
	for _, memory := range levels {
		figure.Series = append(figure.Series, j.Over(stat.Format(float64(memory), "bytes"), j.Trials(with(memory)),
			judge.Workers, judge.Value("pss"), judge.Per(1<<20)))
	}
	return judge.Keep(figure)
}
