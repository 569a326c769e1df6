package slowclients

import (
	"iter"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
)

const (
	untouched = 1.5 // times the median without slow clients, at most
	stalled   = 1.0 // second of median, at least
)

var axes = []string{"class", "slow_clients"}

func verdict(t results.Table) results.Verdict {
	mine := t.Match(trial.OthersCell())
	j := judge.New(id, claim, mine)
	fit := j.Fit(judge.Derived(trial.SlowSenders(mine), judge.OthersMedian, axes...))

	full := cell("sync", room)
	primary := fit.Mean(full)
	fit.PrimaryMean(full, stalled)
	var parts []judge.Part
	for _, class := range []string{"sync", "gthread"} {
		below := fit.Ratio(cell(class, room-1), cell(class, 0))
		at, beyond := fit.Mean(cell(class, room)), fit.Mean(cell(class, crowd))
		parts = append(parts,
			judge.AtMost(below, untouched, "%s is untouched by %d", class, room-1),
			judge.AtLeast(at, stalled, "%s stalls with %d", class, room),
			judge.AtLeast(beyond, stalled, "%s stalls with %d", class, crowd))
		j.Also("×", below, "%s: median with %d slow clients over that without", class, room-1)
		j.Also("seconds", at, "%s: median with %d slow clients", class, room)
	}
	loop := fit.Ratio(cell("gevent", crowd), cell("gevent", 0))
	parts = append(parts, judge.AtMost(loop, untouched, "%s is untouched by %d", "gevent", crowd))
	j.Also("×", loop, "%s: median with %d slow clients over that without", "gevent", crowd)
	others(j, mine)

	quick, one := fit.Mean(cell("sync", 0)), fit.Mean(cell("sync", room-1))
	return j.Conclude(j.All(parts...), "4 sync workers, 4 slow clients: median of the others", "seconds", primary,
		"Four sync workers answer the others in %s without slow clients, in %s beside %d and in %s beside %d. One gevent worker takes %s times as long beside %d as without.",
		stat.FormatInterval(quick, "seconds"), stat.FormatInterval(one, "seconds"), room-1,
		stat.FormatInterval(primary, "seconds"), room, stat.FormatInterval(loop, ""), crowd)
}

// others tells what slow clients of the other kinds do, where they were tried.
func others(j *judge.Judging, mine results.Table) {
	for class, m := range whenFull(j, trial.SlowReaders(mine)) {
		j.Also("seconds", m, "%s: median with %d slow readers", class, room)
	}
	for class, m := range whenFull(j, trial.SlowPosters(mine)) {
		j.Also("seconds", m, "%s: median with %d slow posters", class, room)
	}
}

// whenFull are the medians by class beside as many clients as there is room for.
func whenFull(j *judge.Judging, t results.Table) iter.Seq2[string, stat.Interval] {
	return func(yield func(string, stat.Interval) bool) {
		if len(t) == 0 {
			return
		}
		fit := j.Fit(judge.Derived(t, judge.OthersMedian, axes...))
		for _, s := range servers {
			if !yield(s.Class, fit.Mean(cell(s.Class, room))) {
				return
			}
		}
	}
}

func cell(class string, slow int) string {
	return results.Cell{"class": class, "slow_clients": slow}.String()
}
