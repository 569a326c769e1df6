package eventloopio

import (
	"math"
	"time"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const (
	limit     = 2500 * time.Millisecond // from the intended send
	perParked = 16 << 10                // bytes
	mostLate  = 0.01                    // share of the requests, the whole interval below it
)

func verdict(j *judge.Judging) results.Verdict {
	var parts []judge.Part
	var costs []text.Message
	var size stat.Interval // under gevent
	for i, class := range loops {
		thousand := park(loop(class), many, trial.Any)
		if j.Lacks(thousand) {
			continue
		}
		late, bytes := j.Late(j.Of(thousand), limit), perRequest(j, class)
		parts = append(parts,
			judge.AtMost(late, mostLate, "%s answers {inTime} %% in time", class),
			judge.AtMost(bytes, perParked, "%s in {perParked} KiB a request", class))
		costs = append(costs, text.Of("%s under %s", stat.FormatInterval(bytes, "bytes"), class))
		j.Also("share", late, "%s, {many} requests: later than {limit}, or never", class)
		if i == 0 {
			size = bytes
		} else {
			j.Also("bytes", bytes, "%s, memory per waiting request", class)
		}
	}
	j.Also("bytes", perThread(j), "gthread, memory per waiting request (a thread each)")
	j.Also("share", j.Beside(j.Figures(lateness, park(forked, few, trial.Any))), "{sync} sync workers, {few} requests: later than {limit}, or never")

	return j.Conclude(j.All(parts...), "gevent, memory per waiting request", "bytes", size,
		"A request that waits costs %s; of {many} that waited {wait}, %s.", text.Join(", ", costs...), answered(j))
}

// answered says how many of the many came in time, over both classes.
func answered(j *judge.Judging) text.Message {
	late, all := int64(0), int64(0)
	for _, class := range loops {
		for _, r := range j.Of(park(loop(class), many, trial.Any)).Valid() {
			l, n := judge.LateOf(&r, limit)
			late, all = late+l, all+n
		}
	}
	return text.Of("%d of %d were answered within {limit}", all-late, all)
}

// lateness is a run's share of requests that were not answered in time.
func lateness(r *results.Record) (float64, bool) {
	late, all := judge.LateOf(r, limit)
	return float64(late) / float64(all), all > 0
}

// perRequest is the slope of PSS on the requests that wait, from none (the same server before its
// load) to K.
func perRequest(j *judge.Judging, class string) stat.Interval {
	var held, bytes []float64
	for _, r := range j.Of(j.Trials(of(class))...).Valid() {
		n, okN := r.Value("held")
		idle, okIdle := r.Value("idle_pss")
		pss, okPSS := r.Value("pss")
		if okN && okIdle && okPSS {
			held, bytes = append(held, 0, n), append(bytes, idle, pss)
		}
	}
	return j.Estimated(stat.Slope(held, bytes))
}

// perThread is what a request that waits in a thread of its own costs. The pool starts all its threads
// at once, so it is compared with an idle worker that has one.
func perThread(j *judge.Judging) stat.Interval {
	threads := park(pool, pool.Threads, trial.Any)
	none := j.Values("idle_pss", j.Trials(of(loops[0]))...)
	held := j.Values("held", threads)
	if len(held) == 0 || len(none) == 0 {
		return stat.Interval{Estimate: math.NaN()}
	}
	return stat.Interval{Estimate: (stat.Average(j.Values("pss", threads)) - stat.Average(none)) / stat.Average(held)}
}

func charts(j *judge.Judging) []chart.Chart {
	memory := chart.Chart{
		ID: "memory-waiting", Title: "Memory against requests that wait (one worker)",
		XLabel: "requests waiting at once", YLabel: "proportional memory, PSS (MiB)",
	}
	for _, class := range loops {
		waiting := atHeld(j, class, class)
		if idle := j.Values("idle_pss", j.Trials(of(class))...); len(idle) > 0 {
			mean, raw := judge.Bar(idle, judge.Per(1<<20))
			waiting.X = append([]float64{0}, waiting.X...)
			waiting.Y, waiting.Raw = append([]stat.Interval{mean}, waiting.Y...), append([][]float64{raw}, waiting.Raw...)
		}
		memory.Series = append(memory.Series, waiting)
	}
	memory.Series = append(memory.Series, atHeld(j, "gthread, a thread each", pool.Class))
	return judge.Keep(memory)
}

// atHeld is memory against how many requests waited when it was read, which may be fewer than came.
func atHeld(j *judge.Judging, name, class string) chart.Series {
	held := func(t trial.Trial) float64 { return stat.Average(j.Values("held", t)) }
	return j.Over(name, j.Trials(of(class)), held, judge.Value("pss"), judge.Per(1<<20))
}
