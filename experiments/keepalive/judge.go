package keepalive

import (
	"fmt"
	"time"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

const (
	saving = 0.85 // CPU per request with keep-alive over without, at most
	margin = 0.03 // of a share of reconnects around P(Z > keep-alive)
	gain   = 0.02 // that a keep-alive beyond 5 s may still save at most, where think times are 1 s on average

	reconnects = "reconnects, think time / keep-alive %s"
	atFormula  = "opened connections less the formula, think time / keep-alive %s"
)

func verdict(t results.Table) results.Verdict {
	mine := t.Match(own())
	j := judge.New(id, claim, mine)
	fit := j.Fit(judge.Samples(local(mine).Where("think_seconds", 0), "cpu_per_request", "class", "keepalive_seconds", "twin"))
	cell := func(s spec.Server, keep time.Duration, twin bool) string {
		c := saturated(s, keep)
		return results.Cell{"class": c["class"], "keepalive_seconds": c["keepalive_seconds"], "twin": twin}.String()
	}
	with, without := cell(gthread, on, false), cell(gthread, spec.Never, false)
	threads := fit.Ratio(with, without)
	fit.Primary(with, without, saving)
	fit.Control(with, cell(gthread, on, true))
	loop := fit.Ratio(cell(gevent, on, false), cell(gevent, spec.Never, false))
	j.Also("×", loop, "gevent: CPU per request with keep-alive over without")
	j.Also("×", fit.Ratio(cell(sync1, 0, false), with), "CPU per request: sync, which has none, over gthread with keep-alive")

	parts := []judge.Part{
		judge.AtMost(threads, saving, "gthread saves CPU time"),
		judge.AtMost(loop, saving, "gevent saves CPU time"),
	}
	for _, v := range regulars {
		again := j.Known(v.again(mine, j.Confidence))
		j.Also("share", again, reconnects, v.String())
		parts = append(parts, judge.Within(again, v.returning()-margin, v.returning()+margin, reconnects, v.String()))
	}
	off, beyond := less(j.Known(twoSeconds.share(mine, j.Confidence)), exactly(twoSeconds.opening(twoSeconds.window(mine), 0))),
		less(j.Known(fiveSeconds.share(mine, j.Confidence)), j.Known(tenSeconds.share(mine, j.Confidence)))
	j.Also("points", points(off), atFormula, twoSeconds.String())
	j.Also("points", points(beyond), "connections saved by 10 s of keep-alive over 5 s")
	told(j, mine)
	for _, r := range routes {
		r.tell(j, mine)
	}
	outcome := j.All(append(parts,
		judge.Within(off, -margin, margin, atFormula, twoSeconds.String()),
		judge.AtMost(beyond, gain, "thinking 1 s on average, beyond 5 s of keep-alive hardly anything is saved"))...)
	return j.Conclude(outcome, "gthread: CPU per request with keep-alive over without", "×", threads,
		"With keep-alive an empty request costs %s of the CPU time under gthread, and %s under gevent. Clients reconnect when they think for longer than the keep-alive: for exponential think times of 1 s, 10 s of it save %s percentage points of connections over 5 s.",
		stat.FormatInterval(threads, "×"), stat.FormatInterval(loop, "×"), stat.FormatInterval(points(beyond), ""))
}

// told are the resets of clients that come when the server closes: no part of the outcome.
func told(j *judge.Judging, t results.Table) {
	if c := punctual.count(t); c.reused > 0 {
		if share, err := stat.Binomial(min(c.reset, c.reused), c.reused, j.Confidence); err == nil {
			j.Also("share", share, "requests on an open connection that were reset, think time = keep-alive = 1 s")
		}
	}
}

func exactly(x float64) stat.Interval { return stat.Interval{Estimate: x, Low: x, High: x} }

// points shows a difference of shares in percentage points.
func points(i stat.Interval) stat.Interval {
	return stat.Interval{Estimate: 100 * i.Estimate, Low: 100 * i.Low, High: 100 * i.High, Confidence: i.Confidence}
}

func charts(t results.Table) []chart.Chart {
	mine := t.Match(own()).Where("twin", false)
	var names []string
	var costs [][]float64
	for _, c := range []struct {
		s    spec.Server
		keep time.Duration
	}{{gthread, spec.Never}, {gthread, on}, {gevent, spec.Never}, {gevent, on}, {sync1, 0}} {
		names = append(names, fmt.Sprintf("%s, %d s", c.s.Class, max(0, int(c.keep.Seconds()))))
		costs = append(costs, local(mine).Match(saturated(c.s, c.keep)).Valid().Values("cpu_per_request"))
	}
	measured, categories := judge.Bars("measured", names, costs, judge.Per(1e-6))
	cost := chart.Chart{
		ID: "keep-alive-cpu", Title: "CPU time of a request that does nothing, by class and keep-alive (8 clients)",
		XLabel: "class, keep-alive", YLabel: "CPU per request (µs)", Categories: categories, Series: []chart.Series{measured},
	}
	return append(judge.Keep(cost, visits(mine)), distance(mine)...)
}

// visits is the share of requests that opened a connection, beside theory.
func visits(t results.Table) chart.Chart {
	figure := chart.Chart{
		ID: "keep-alive-reconnects", Title: "Requests that had to open a connection, the first of every client included",
		XLabel: "think time / keep-alive (~: exponential)", YLabel: "share of requests (%)", FromTo: [2]float64{0, 105},
	}
	measured := chart.Series{Name: "measured", Kind: chart.Points}
	theory := chart.Series{Name: "theory", Kind: chart.Line, Like: measured.Name}
	for _, v := range append(append([]visitors(nil), regulars...), twoSeconds, fiveSeconds, tenSeconds) {
		share, err := v.share(t, judge.Confidence)
		if err != nil {
			continue
		}
		c, x := v.count(t), float64(len(figure.Categories))
		perClient := float64(c.sent) / float64(c.runs*v.n)
		figure.Categories = append(figure.Categories, v.String())
		measured.X, measured.Y = append(measured.X, x), append(measured.Y, stat.Interval{Estimate: 100 * share.Estimate})
		theory.X, theory.Y = append(theory.X, x), append(theory.Y, exactly(100*v.opening(v.window(t), perClient)))
	}
	figure.Series = []chart.Series{measured, theory}
	return figure
}
