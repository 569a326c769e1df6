package eventloopblocked

import (
	"fmt"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const (
	limit = 15 * time.Millisecond // the wait of 5 ms and 10 ms more
	least = 0.10                  // of the requests delayed by the loops
	most  = 0.02                  // under sync, and without a hog
)

func verdict(t results.Table) results.Verdict {
	mine := t.Match(own())
	j := judge.New(id, claim, mine)
	// The logarithm of a share breaks at none delayed, so the fit is of the share not delayed. Only the
	// loops beside a hog are in it: where hardly anybody is delayed runs hardly differ, and would lend
	// the loops their calm, and under threads the share scatters far more from run to run.
	fit := j.Fit(judge.Derived(stalled(mine), prompt, axes...))
	delayed := func(name string) stat.Interval { return complement(fit.Mean(name)) }

	loop := delayed(cell(gevent, false))
	fit.PrimaryMean(cell(gevent, false), 1-least)
	quiet, forked := j.Late(mine.Match(where(gevent, "")), limit), j.Late(mine.Match(where(sync4, hog)), limit)
	if len(mine.Where("twin", true)) > 0 {
		fit.Control(cell(gevent, false), cell(gevent, true))
	}
	j.Also("share", quiet, "gevent, 1×1, no hog")
	j.Also("share", forked, "sync, 4×1")
	for _, s := range []spec.Server{gthread, tornado, gevent2} {
		j.Also("share", j.Beside(delays(mine.Where("hog_do", hog), s)), "%s", label(s))
	}
	parts := []judge.Part{
		judge.AtLeast(loop, least, "gevent delays others"),
		judge.AtMost(quiet, most, "nobody is delayed without a hog"),
		judge.AtMost(forked, most, "sync delays nobody"),
	}
	awaiting := text.Message{}
	if !experiments.Lacks(mine, where(asgi, hog)) {
		other := delayed(cell(asgi, false))
		j.Also("share", other, "asgi, 1×1")
		parts = append(parts, judge.AtLeast(other, least, "asgi delays others"))
		awaiting = text.Of(", %s under one asgi worker", stat.FormatInterval(other, "share"))
	}
	return j.Conclude(j.All(parts...), "gevent, 1×1: others delayed by > 10 ms", "share", loop,
		"The hog delays %s of the others under one gevent worker%s and %s under four sync workers; without it %s. Theory says %s for one loop.",
		stat.FormatInterval(loop, "share"), awaiting,
		stat.FormatInterval(forked, "share"), stat.FormatInterval(quiet, "share"), stat.Format(theory, "share"))
}

// stalled are the records of the loops that the claim says are stalled, and of the twin.
func stalled(t results.Table) results.Table {
	return judge.Either(t, where(gevent, hog), where(asgi, hog))
}

var axes = []string{"class", "workers", "threads", "hog_do", "twin"}

func where(s spec.Server, hog string) results.Cell {
	return results.Cell{"class": s.Class, "workers": s.Workers, "threads": max(1, s.Threads), "hog_do": hog}
}

// cell names a server beside the hog; the twin is the same cell again.
func cell(s spec.Server, twin bool) string {
	c := where(s, hog)
	c["twin"] = twin
	return c.String()
}

func label(s spec.Server) string {
	return fmt.Sprintf("%s, %d×%d", s.Class, s.Workers, max(1, s.Threads))
}

// prompt is the share of planned requests answered in time. It is kept above zero, where a logarithm
// ends, by half a request.
func prompt(r *results.Record) (float64, bool) {
	if r.Planned == 0 || r.Response == nil {
		return 0, false
	}
	late, planned := judge.LateOf(r, limit)
	return max(0.5, float64(planned-late)) / float64(planned), true
}

// complement is the share delayed where i is that of the prompt. A fit's level may lie beyond what a
// share can be, by a little.
func complement(i stat.Interval) stat.Interval {
	share := func(x float64) float64 { return max(0, min(1, x)) }
	return stat.Interval{
		Estimate: share(1 - i.Estimate), Low: share(1 - i.High), High: share(1 - i.Low), Confidence: i.Confidence,
	}
}

func charts(t results.Table) []chart.Chart {
	mine := t.Match(own()).Where("twin", false)
	var names []string
	var shares [][]float64
	for _, s := range []spec.Server{gevent, asgi, tornado, gthread, gevent2, sync4} {
		names = append(names, label(s))
		shares = append(shares, delays(mine.Where("hog_do", hog), s))
	}
	names, shares = append(names, "gevent, no hog"), append(shares, delays(mine.Where("hog_do", ""), gevent))
	measured, categories := judge.Bars("measured", names, shares, judge.Per(0.01))
	figure := chart.Chart{
		ID: "delayed-by-hog", Title: "Requests delayed by a hog that computes 100 ms in every 500",
		YLabel: "delayed by more than 10 ms (%)", Categories: categories, Series: []chart.Series{measured},
	}
	var loops []float64
	for i, name := range categories {
		if name == label(gevent) || name == label(asgi) {
			loops = append(loops, float64(i))
		}
	}
	figure.Series = append(figure.Series, judge.Theory("theory for one loop, (b + w − l)/T", measured.Name,
		loops, func(float64) float64 { return 100 * theory }))
	return judge.Keep(figure)
}

// theory is P(delay > l) = (b + w − l)/T of the package comment, all in ms.
const theory = (100.0 + 5 - 10) / 500

func delays(t results.Table, s spec.Server) []float64 {
	var shares []float64
	runs := t.Match(results.Cell{"class": s.Class, "workers": s.Workers, "threads": max(1, s.Threads)}).Valid()
	for i := range runs {
		if p, ok := prompt(&runs[i]); ok {
			shares = append(shares, 1-p)
		}
	}
	return shares
}
