package workersmemory

import (
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

const least = 0.9 // of the app's memory

func verdict(t results.Table) results.Verdict {
	mine := t.Match(own())
	j := judge.New(id, claim, mine)
	with, without := mine.Where("app_memory_bytes", app), mine.Where("app_memory_bytes", 0)

	share := j.Estimated(private(with, without))
	bare := slope(j, without, "pss")
	j.Also("bytes", slope(j, with, "pss"), "PSS per worker, app of 32 MiB")
	j.Also("bytes", bare, "PSS per worker, no app")
	j.Also("bytes", slope(j, without, "uss"), "private memory (USS) per worker, no app")
	over := overstated(j, with)
	j.Also("×", over, "sum of RSS over PSS, 8 workers, app of 32 MiB")

	return j.Conclude(results.AtLeast(share, least), "private share of the app's memory", "share", share,
		"A worker adds %s of its app's 32 MiB, and %s of its own without any app. Adding up RSS instead of PSS would overstate 8 workers by a factor of %s.",
		stat.FormatInterval(share, "share"), stat.FormatInterval(bare, "bytes"), stat.Format(over.Estimate, ""))
}

// private is what a further worker adds of the app's memory, as a share: the slope on workers of the
// difference between a server with the app and one without, block by block.
func private(with, without results.Table) (stat.Estimate, error) {
	var workers, share []float64
	for _, level := range judge.Levels(with, "workers") {
		bare := judge.ByBlock(without.Where("workers", level), "pss")
		for block, pss := range judge.ByBlock(with.Where("workers", level), "pss") {
			if base, ok := bare[block]; ok {
				workers = append(workers, level)
				share = append(share, (pss-base)/app)
			}
		}
	}
	return stat.Slope(workers, share)
}

// slope is what a further worker adds, in bytes.
func slope(j *judge.Judging, t results.Table, value string) stat.Interval {
	var workers, bytes []float64
	for _, r := range t.Valid() {
		w, _ := r.Cell.Number("workers")
		if v, ok := r.Value(value); ok {
			workers, bytes = append(workers, w), append(bytes, v)
		}
	}
	return j.Estimated(stat.Slope(workers, bytes))
}

func overstated(j *judge.Judging, t results.Table) stat.Interval {
	eight := t.Where("workers", 8)
	rss := j.Estimate(eight, "rss", "RSS with 8 workers")
	pss := j.Estimate(eight, "pss", "PSS with 8 workers")
	return stat.Interval{Estimate: rss / pss}
}

func charts(t results.Table) []chart.Chart {
	mine := t.Match(own())
	figure := chart.Chart{
		ID: "memory-workers", Title: "Memory against workers (sync, whole process tree)",
		XLabel: "workers", YLabel: "proportional memory, PSS (MiB)",
	}
	for _, level := range judge.Levels(mine, "app_memory_bytes") {
		name := "app of " + stat.Format(level, "bytes")
		if level == 0 {
			name = "no app"
		}
		figure.Series = append(figure.Series,
			judge.Curve(name, mine.Where("app_memory_bytes", level), "workers", "pss", judge.Per(1<<20)))
	}
	return judge.Keep(figure)
}
