package slowclients

import (
	"fmt"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
)

const (
	untouched = 1.5  // times the median without slow clients, at most
	stalled   = 1.0  // second of median, at least
	given     = 10.0 // seconds after which the generator gives a request up
)

var axes = []string{"class", "slow_clients", "slow_read_bytes"}

func judge(t results.Table) results.Verdict {
	mine := t.Match(own())
	j := experiments.Judge(id, claim, mine)
	fit := j.Fit(experiments.Derived(mine.Where("slow_read_bytes", 0), median, axes...))

	full := cell("sync", room, 0)
	primary := fit.Mean(full)
	fit.PrimaryMean(full, stalled)
	var parts []experiments.Part
	for _, class := range []string{"sync", "gthread"} {
		below := fit.Ratio(cell(class, room-1, 0), cell(class, 0, 0))
		at, beyond := fit.Mean(cell(class, room, 0)), fit.Mean(cell(class, crowd, 0))
		parts = append(parts,
			experiments.AtMost(below, untouched, "%s is untouched by %d", class, room-1),
			experiments.AtLeast(at, stalled, "%s stalls with %d", class, room),
			experiments.AtLeast(beyond, stalled, "%s stalls with %d", class, crowd))
		j.Also("×", below, "%s: median with %d slow clients over that without", class, room-1)
		j.Also("seconds", at, "%s: median with %d slow clients", class, room)
	}
	loop := fit.Ratio(cell("gevent", crowd, 0), cell("gevent", 0, 0))
	parts = append(parts, experiments.AtMost(loop, untouched, "%s is untouched by %d", "gevent", crowd))
	j.Also("×", loop, "%s: median with %d slow clients over that without", "gevent", crowd)
	readers(j, mine)

	quick, one := fit.Mean(cell("sync", 0, 0)), fit.Mean(cell("sync", room-1, 0))
	return j.Conclude(j.All(parts...), "4 sync workers, 4 slow clients: median of the others", "seconds", primary,
		"Four sync workers answer the others in %s without slow clients, in %s beside %d and in %s beside %d. One gevent worker takes %s times as long beside %d as without.",
		analysis.FormatInterval(quick, "seconds"), analysis.FormatInterval(one, "seconds"), room-1,
		analysis.FormatInterval(primary, "seconds"), room, analysis.FormatInterval(loop, ""), crowd)
}

// readers tells what clients that read slowly do, where they were tried.
func readers(j *experiments.Judging, mine results.Table) {
	if len(mine.Where("slow_read_bytes", body)) == 0 {
		return
	}
	fit := j.Fit(experiments.Derived(mine, median, axes...))
	for _, class := range []string{"sync", "gthread", "gevent"} {
		j.Also("seconds", fit.Mean(cell(class, room, body)), "%s: median with %d slow readers", class, room)
	}
}

func cell(class string, slow int, read int64) string {
	return results.Cell{"class": class, "slow_clients": slow, "slow_read_bytes": read}.String()
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

func charts(t results.Table) []analysis.Chart {
	mine := t.Match(own()).Valid()
	for i := range mine {
		if m, ok := median(&mine[i]); ok {
			mine[i].Values = map[string]results.Value{"median": {Value: m, Unit: "seconds"}}
		}
	}
	senders := panel(mine.Where("slow_read_bytes", 0))
	senders.Title = "slow senders"
	senders.Series = append(senders.Series, experiments.Theory("theory from 4 on: half of the 5 s", "sync 4×1",
		[]float64{room, crowd}, func(float64) float64 { return over.Seconds() / 2 }))
	readers := panel(experiments.Either(mine, results.Cell{"slow_clients": 0}, results.Cell{"slow_read_bytes": body}))
	readers.Title = "slow readers of 12 MB"
	chart := analysis.Chart{
		ID: "median-beside-slow-clients", Title: "Median answer to the others beside clients that take 5 s",
		XLabel: "slow clients", YLabel: "median response time (s)",
	}
	if len(mine.Where("slow_read_bytes", body)) == 0 {
		chart.LogY, chart.FromTo, chart.Series = true, senders.FromTo, senders.Series
		return experiments.Keep(chart)
	}
	chart.Panels = experiments.Keep(senders, readers)
	return []analysis.Chart{chart}
}

func panel(t results.Table) analysis.Chart {
	c := analysis.Chart{ID: "median", XLabel: "slow clients", YLabel: "median response time (s)", LogY: true, FromTo: [2]float64{0.005, 10}}
	for _, s := range []experiments.Server{sync4, gthread, gevent} {
		name := fmt.Sprintf("%s %d×%d", s.Class, s.Workers, max(1, s.Threads))
		c.Series = append(c.Series, experiments.Curve(name, t.Where("class", s.Class), "slow_clients", "median", experiments.Per(1)))
	}
	return c
}
