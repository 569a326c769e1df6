package slowclientsproxy

import (
	"iter"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const (
	untouched = 2.0 // times the median without slow clients, at most
	stalled   = 1.0 // second of median, at least
)

var axes = []string{"system", "slow_clients"}

func verdict(t results.Table) results.Verdict {
	mine := own(t)
	j := judge.New(id, claim, mine)
	fit := j.Fit(judge.Derived(trial.SlowSenders(mine), judge.OthersMedian, axes...))
	var parts []judge.Part
	var lessons []text.Message
	for _, f := range fronts {
		if !f.tried(mine) {
			lack := j.Known(stat.Interval{}, text.Errorf("%s by itself and behind nginx: not both were tried", f.alone))
			parts = append(parts, judge.AtMost(lack, untouched, behindIs, f.alone))
			continue
		}
		behind, alone := fit.Ratio(cell(f.behind, room), cell(f.behind, 0)), fit.Mean(cell(f.alone, room))
		parts = append(parts,
			judge.AtMost(behind, untouched, behindIs, f.alone),
			judge.AtLeast(alone, stalled, "%s by itself stalls", f.alone))
		lessons = append(lessons, text.Of("%s takes %s by itself and %s behind nginx, %s times what it takes there without slow clients",
			f.alone, stat.FormatInterval(alone, "seconds"), stat.FormatInterval(fit.Mean(cell(f.behind, room)), "seconds"), stat.FormatInterval(behind, "")))
		if f != first {
			j.Also("×", behind, "%s behind nginx: median with %d slow clients over that without", f.alone, room)
		}
		j.Also("seconds", alone, "%s by itself: median with %d slow clients", f.alone, room)
		j.Also("×", fit.Ratio(cell(f.behind, 0), cell(f.alone, 0)), "%s: median behind nginx over that by itself, without slow clients", f.alone)
	}
	others(j, mine)
	with, without := cell(first.behind, room), cell(first.behind, 0)
	if first.tried(mine) {
		fit.Primary(with, without, untouched)
	}
	return j.Conclude(j.All(parts...), "workerlab behind nginx: median with 4 slow clients over that without", "×", fit.Ratio(with, without),
		"To answer the others beside %d slow clients %s.", room, text.Join("; ", lessons...))
}

const behindIs = "%s behind nginx is untouched"

// first is the front of the primary contrast: of those that can be there, the one that needs least.
var first = fronts[0]

// tried reports whether the server ran both by itself and behind nginx.
func (f front) tried(t results.Table) bool {
	return len(t.Where("system", f.alone)) > 0 && len(t.Where("system", f.behind)) > 0
}

// others tells what slow clients of the other kinds do, where they were tried.
func others(j *judge.Judging, mine results.Table) {
	for system, m := range whenFull(j, trial.SlowReaders(mine)) {
		j.Also("seconds", m, "%s: median with %d slow readers", system, room)
	}
	for system, m := range whenFull(j, trial.SlowPosters(mine)) {
		j.Also("seconds", m, "%s: median with %d slow posters", system, room)
	}
}

// whenFull are the medians beside slow clients of one kind, by system.
func whenFull(j *judge.Judging, t results.Table) iter.Seq2[string, stat.Interval] {
	return func(yield func(string, stat.Interval) bool) {
		if len(t) == 0 {
			return
		}
		fit := j.Fit(judge.Derived(t, judge.OthersMedian, axes...))
		for _, f := range fronts {
			for _, system := range []string{f.alone, f.behind} {
				if len(t.Where("system", system)) > 0 && !yield(system, fit.Mean(cell(system, room))) {
					return
				}
			}
		}
	}
}

// medians are the others' median response times, one a run, in seconds.
func medians(t results.Table, system string) (all []float64) {
	for _, r := range t.Where("system", system).Valid() {
		if m, ok := judge.OthersMedian(&r); ok {
			all = append(all, m)
		}
	}
	return all
}

func cell(system string, slow int) string {
	return results.Cell{"system": system, "slow_clients": slow}.String()
}
