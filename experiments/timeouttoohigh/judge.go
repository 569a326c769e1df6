package timeouttoohigh

import (
	"time"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

const (
	least = 1.5  // X(2 s)/X(30 s); theory says 1.75
	near  = 0.10 // of the throughput without hangs, around the theory
)

var axes = []string{"timeout_seconds", "hog_burst", "twin"}

func verdict(t results.Table) results.Verdict {
	mine := t.Match(own())
	j := judge.New(id, claim, mine)
	fit := j.Fit(judge.Samples(mine, "throughput", axes...))
	quiet := cell(long, 0, false)
	better := fit.Ratio(cell(short, hangs, false), cell(long, hangs, false))
	fit.Primary(cell(short, hangs, false), cell(long, hangs, false), least)
	if len(mine.Where("twin", true)) > 0 {
		fit.Control(quiet, cell(long, 0, true))
	}
	left := func(timeout time.Duration) stat.Interval { return fit.Ratio(cell(timeout, hangs, false), quiet) }
	afterShort, afterLong := left(short), left(long)

	parts := []judge.Part{judge.AtLeast(better, least, "a short timeout pays")}
	for _, timeout := range tried(mine) {
		rest := 1 - theory(timeout)
		parts = append(parts, judge.Within(left(timeout), rest-near, rest+near, "the loss at a timeout of %g s", timeout.Seconds()))
		j.Also("share", lost(left(timeout)), "lost with a timeout of %g s (theory %s)", timeout.Seconds(), stat.Format(theory(timeout), "share"))
	}
	return j.Conclude(j.All(parts...), "throughput after 2 hangs: timeout 2 s over 30 s", "×", better,
		"Over %g s after %d of %d workers hung, a timeout of %g s costs %s of the throughput (theory %s), one of %g s %s (theory %s).",
		window.Seconds(), hangs, workers,
		short.Seconds(), stat.FormatInterval(lost(afterShort), "share"), stat.Format(theory(short), "share"),
		long.Seconds(), stat.FormatInterval(lost(afterLong), "share"), stat.Format(theory(long), "share"))
}

// tried are the timeouts under which requests hung: those of the claim, and others that a profile adds.
func tried(mine results.Table) []time.Duration {
	timeouts := []time.Duration{short, long}
	for _, timeout := range others {
		if len(mine.Match(results.Cell{"timeout_seconds": timeout.Seconds(), "hog_burst": hangs})) > 0 {
			timeouts = append(timeouts, timeout)
		}
	}
	return timeouts
}

// theory is the share of the throughput that the hangs cost over the window, n·min(t, w)/(W·w).
func theory(timeout time.Duration) float64 {
	return hangs * min(timeout, window).Seconds() / (workers * window.Seconds())
}

// lost is the complement of what is left.
func lost(left stat.Interval) stat.Interval {
	return stat.Interval{Estimate: 1 - left.Estimate, Low: 1 - left.High, High: 1 - left.Low, Confidence: left.Confidence}
}

func cell(timeout time.Duration, hanging int, twin bool) string {
	return results.Cell{"timeout_seconds": timeout.Seconds(), "hog_burst": hanging, "twin": twin}.String()
}

// bin is the step of the figure, in seconds: long enough to even out the waits of 50 ms.
const bin = 0.5

func charts(t results.Table) []chart.Chart {
	mine := t.Match(own()).Where("twin", false)
	runs := func(timeout time.Duration, hanging int) results.Table {
		return mine.Match(results.Cell{"timeout_seconds": timeout.Seconds(), "hog_burst": hanging})
	}
	return judge.Keep(chart.Chart{
		ID: "throughput-after-hangs", Title: "Throughput of 4 sync workers, 2 of which hang at the start",
		XLabel: "time since the hang (s)", YLabel: "throughput (requests/s)",
		Series: []chart.Series{
			judge.Course("no hang", runs(long, 0), bin, 0),
			judge.Course("timeout 2 s", runs(short, hangs), bin, 0),
			judge.Course("timeout 30 s", runs(long, hangs), bin, 0),
		},
	})
}
