package eventloopio

import (
	"math"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
	"github.com/workerlab/workerlab/results/text"
)

const (
	many      = 1000
	limit     = 2_500_000 // µs from the intended send
	perParked = 16 << 10  // bytes
	mostLate  = 0.01      // share of the requests, the whole interval below it
)

func judge(t results.Table) results.Verdict {
	mine := t.Match(own())
	j := experiments.Judge(id, claim, mine)

	var parts []experiments.Part
	var sizes [2]results.Interval
	for i, class := range loops {
		runs := mine.Where("class", class)
		late := lateness(j, runs.Where("burst", many))
		sizes[i] = perRequest(j, runs)
		parts = append(parts,
			experiments.AtMost(late, mostLate, "%s answers in time", class),
			experiments.AtMost(sizes[i], perParked, "%s in 16 KiB a request", class))
		j.Also("share", late, "%s, K = 1000: later than 2.5 s, or never", class)
	}
	j.Also("bytes", sizes[1], "asyncio, memory per waiting request")
	j.Also("bytes", perThread(mine), "gthread, memory per waiting request (a thread each)")
	j.Also("share", lateness(j, mine.Where("class", "sync")), "sync with 4 workers, K = 100: later than 2.5 s, or never")

	return j.Conclude(j.All(parts...), "gevent, memory per waiting request", "bytes", sizes[0],
		"A request that waits costs %s under gevent and %s under asyncio; of 1000 that waited 2 s, %s.",
		analysis.FormatInterval(sizes[0], "bytes"), analysis.FormatInterval(sizes[1], "bytes"), answered(mine))
}

// answered says how many of the 1000 came in time, over both classes.
func answered(t results.Table) text.Message {
	late, all := 0, 0
	for _, class := range loops {
		k, n := count(t.Match(results.Cell{"class": class, "burst": many}))
		late, all = late+k, all+n
	}
	return text.Of("%d of %d were answered within 2.5 s", all-late, all)
}

// lateness is the share of requests that were not answered in time.
func lateness(j *experiments.Judging, t results.Table) results.Interval {
	late, all := count(t)
	return j.Known(analysis.Binomial(late, all, j.Confidence))
}

// count is of planned requests: one that failed or was never sent was not answered in time either.
func count(t results.Table) (late, all int) {
	for _, r := range t.Valid() {
		inTime := int(r.Response.Count() - r.Response.Above(limit))
		late, all = late+int(r.Planned)-inTime, all+int(r.Planned)
	}
	return late, all
}

// perRequest is the slope of PSS on the requests that wait, from none (the same server before its
// load) to K.
func perRequest(j *experiments.Judging, t results.Table) results.Interval {
	var held, bytes []float64
	for _, r := range t.Valid() {
		n, okN := r.Value("held")
		idle, okIdle := r.Value("idle_pss")
		pss, okPSS := r.Value("pss")
		if okN && okIdle && okPSS {
			held, bytes = append(held, 0, n), append(bytes, idle, pss)
		}
	}
	return j.Known(analysis.Slope(held, bytes, j.Confidence))
}

// perThread is what a request that waits in a thread of its own costs. The pool starts all its threads
// at once, so it is compared with an idle worker that has one.
func perThread(t results.Table) results.Interval {
	pool := t.Where("class", "gthread").Valid()
	none := t.Where("class", loops[0]).Valid().Values("idle_pss")
	if len(pool) == 0 || len(none) == 0 {
		return results.Interval{Estimate: math.NaN()}
	}
	held, _ := pool[0].Cell.Number("burst")
	return results.Interval{Estimate: (mean(pool.Values("pss")) - mean(none)) / held}
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

func charts(t results.Table) []analysis.Chart {
	mine := t.Match(own())
	memory := analysis.Chart{
		ID: "memory-waiting", Title: "Memory against requests that wait (one worker)",
		XLabel: "requests waiting at once", YLabel: "proportional memory, PSS (MiB)",
	}
	for _, class := range loops {
		runs := mine.Where("class", class)
		waiting := experiments.Curve(class, runs, "burst", "pss", experiments.Per(1<<20))
		if idle := runs.Valid().Values("idle_pss"); len(idle) > 0 {
			mean, raw := experiments.Bar(idle, experiments.Per(1<<20))
			waiting.X = append([]float64{0}, waiting.X...)
			waiting.Y, waiting.Raw = append([]results.Interval{mean}, waiting.Y...), append([][]float64{raw}, waiting.Raw...)
		}
		memory.Series = append(memory.Series, waiting)
	}
	memory.Series = append(memory.Series, experiments.Curve("gthread, a thread each", mine.Where("class", "gthread"), "burst", "pss", experiments.Per(1<<20)))
	return experiments.Keep(memory)
}
