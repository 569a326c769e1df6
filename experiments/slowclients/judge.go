package slowclients

import (
	"iter"
	"slices"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
)

const (
	untouched = 1.5  // times the median without slow clients, at most
	stalled   = 1.0  // second of median, at least
	given     = 10.0 // seconds after which the generator gives a request up
)

var axes = []string{"class", "slow_clients"}

func judge(t results.Table) results.Verdict {
	mine := t.Match(own())
	j := experiments.Judge(id, claim, mine)
	fit := j.Fit(experiments.Derived(senders(mine), median, axes...))

	full := cell("sync", room)
	primary := fit.Mean(full)
	fit.PrimaryMean(full, stalled)
	var parts []experiments.Part
	for _, class := range []string{"sync", "gthread"} {
		below := fit.Ratio(cell(class, room-1), cell(class, 0))
		at, beyond := fit.Mean(cell(class, room)), fit.Mean(cell(class, crowd))
		parts = append(parts,
			experiments.AtMost(below, untouched, "%s is untouched by %d", class, room-1),
			experiments.AtLeast(at, stalled, "%s stalls with %d", class, room),
			experiments.AtLeast(beyond, stalled, "%s stalls with %d", class, crowd))
		j.Also("×", below, "%s: median with %d slow clients over that without", class, room-1)
		j.Also("seconds", at, "%s: median with %d slow clients", class, room)
	}
	loop := fit.Ratio(cell("gevent", crowd), cell("gevent", 0))
	parts = append(parts, experiments.AtMost(loop, untouched, "%s is untouched by %d", "gevent", crowd))
	j.Also("×", loop, "%s: median with %d slow clients over that without", "gevent", crowd)
	others(j, mine)

	quick, one := fit.Mean(cell("sync", 0)), fit.Mean(cell("sync", room-1))
	return j.Conclude(j.All(parts...), "4 sync workers, 4 slow clients: median of the others", "seconds", primary,
		"Four sync workers answer the others in %s without slow clients, in %s beside %d and in %s beside %d. One gevent worker takes %s times as long beside %d as without.",
		analysis.FormatInterval(quick, "seconds"), analysis.FormatInterval(one, "seconds"), room-1,
		analysis.FormatInterval(primary, "seconds"), room, analysis.FormatInterval(loop, ""), crowd)
}

// senders are the runs with clients that send a head slowly, or with none. Records from before there were
// any other clients that send do not say so.
func senders(t results.Table) results.Table {
	return slices.DeleteFunc(slices.Clone(t), func(r results.Record) bool {
		read, _ := r.Cell.Number("slow_read_bytes")
		post, _ := r.Cell.Number("slow_post_bytes")
		return read > 0 || post > 0
	})
}

func readers(t results.Table) results.Table { return t.Where("slow_read_bytes", answer) }
func posters(t results.Table) results.Table { return t.Where("slow_post_bytes", body) }

// others tells what slow clients of the other kinds do, where they were tried.
func others(j *experiments.Judging, mine results.Table) {
	for class, m := range whenFull(j, readers(mine)) {
		j.Also("seconds", m, "%s: median with %d slow readers", class, room)
	}
	for class, m := range whenFull(j, posters(mine)) {
		j.Also("seconds", m, "%s: median with %d slow posters", class, room)
	}
}

// whenFull are the medians by class beside as many clients as there is room for.
func whenFull(j *experiments.Judging, t results.Table) iter.Seq2[string, results.Interval] {
	return func(yield func(string, results.Interval) bool) {
		if len(t) == 0 {
			return
		}
		fit := j.Fit(experiments.Derived(t, median, axes...))
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

// median is the median response time of all requests planned, in seconds. One that was never answered
// is later than any that was, or a stall would hide itself.
func median(r *results.Record) (float64, bool) {
	if r.Planned == 0 {
		return 0, false
	}
	answered := float64(r.Response.Count())
	half := float64(r.Planned) / 2
	if answered < half {
		return given, true
	}
	return float64(r.Response.ValueAtQuantile(100*half/answered)) / 1e6, true
}
