package eventloopio

import (
	"math"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const (
	many      = 1000
	limit     = 2500 * time.Millisecond // from the intended send
	perParked = 16 << 10                // bytes
	mostLate  = 0.01                    // share of the requests, the whole interval below it
)

func verdict(t results.Table) results.Verdict {
	mine := t.Match(own())
	j := judge.New(id, claim, mine)

	var parts []judge.Part
	var costs []text.Message
	var size stat.Interval // under gevent
	for i, class := range loops {
		runs := mine.Where("class", class)
		if experiments.Lacks(mine, results.Cell{"class": class}) {
			continue
		}
		late, bytes := j.Late(runs.Where("burst", many), limit), perRequest(j, runs)
		parts = append(parts,
			judge.AtMost(late, mostLate, "%s answers 99 %% in time", class),
			judge.AtMost(bytes, perParked, "%s in 16 KiB a request", class))
		costs = append(costs, text.Of("%s under %s", stat.FormatInterval(bytes, "bytes"), class))
		j.Also("share", late, "%s, K = 1000: later than 2.5 s, or never", class)
		if i == 0 {
			size = bytes
		} else {
			j.Also("bytes", bytes, "%s, memory per waiting request", class)
		}
	}
	j.Also("bytes", perThread(mine), "gthread, memory per waiting request (a thread each)")
	j.Also("share", j.Beside(lateness(mine.Where("class", "sync"))), "sync with 4 workers, K = 100: later than 2.5 s, or never")

	return j.Conclude(j.All(parts...), "gevent, memory per waiting request", "bytes", size,
		"A request that waits costs %s; of 1000 that waited 2 s, %s.", text.Join(", ", costs...), answered(mine))
}

// answered says how many of the 1000 came in time, over both classes.
func answered(t results.Table) text.Message {
	late, all := int64(0), int64(0)
	for _, class := range loops {
		k, n := count(t.Match(results.Cell{"class": class, "burst": many}))
		late, all = late+k, all+n
	}
	return text.Of("%d of %d were answered within 2.5 s", all-late, all)
}

// lateness is each run's share of requests that were not answered in time.
func lateness(t results.Table) (shares []float64) {
	for _, r := range t.Valid() {
		if late, all := judge.LateOf(&r, limit); all > 0 {
			shares = append(shares, float64(late)/float64(all))
		}
	}
	return shares
}

func count(t results.Table) (late, all int64) {
	for _, r := range t.Valid() {
		l, n := judge.LateOf(&r, limit)
		late, all = late+l, all+n
	}
	return late, all
}

// perRequest is the slope of PSS on the requests that wait, from none (the same server before its
// load) to K.
func perRequest(j *judge.Judging, t results.Table) stat.Interval {
	var held, bytes []float64
	for _, r := range t.Valid() {
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
func perThread(t results.Table) stat.Interval {
	pool := t.Where("class", "gthread").Valid()
	none := t.Where("class", loops[0]).Valid().Values("idle_pss")
	if len(pool) == 0 || len(none) == 0 {
		return stat.Interval{Estimate: math.NaN()}
	}
	return stat.Interval{Estimate: (stat.Average(pool.Values("pss")) - stat.Average(none)) / stat.Average(pool.Values("held"))}
}

func charts(t results.Table) []chart.Chart {
	mine := t.Match(own())
	memory := chart.Chart{
		ID: "memory-waiting", Title: "Memory against requests that wait (one worker)",
		XLabel: "requests waiting at once", YLabel: "proportional memory, PSS (MiB)",
	}
	for _, class := range loops {
		runs := mine.Where("class", class)
		waiting := atHeld(class, runs)
		if idle := runs.Valid().Values("idle_pss"); len(idle) > 0 {
			mean, raw := judge.Bar(idle, judge.Per(1<<20))
			waiting.X = append([]float64{0}, waiting.X...)
			waiting.Y, waiting.Raw = append([]stat.Interval{mean}, waiting.Y...), append([][]float64{raw}, waiting.Raw...)
		}
		memory.Series = append(memory.Series, waiting)
	}
	memory.Series = append(memory.Series, atHeld("gthread, a thread each", mine.Where("class", "gthread")))
	return judge.Keep(memory)
}

// atHeld is memory against how many requests waited when it was read, which may be fewer than came.
func atHeld(name string, t results.Table) chart.Series {
	s := judge.Curve(name, t, "burst", "pss", judge.Per(1<<20))
	for i, k := range s.X {
		if held := t.Where("burst", k).Valid().Values("held"); len(held) > 0 {
			s.X[i] = stat.Average(held)
		}
	}
	return s
}
