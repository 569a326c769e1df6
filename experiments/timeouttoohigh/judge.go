package timeouttoohigh

import (
	"slices"
	"time"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

const (
	least = 1.5  // X(short)/X(long)
	near  = 0.10 // of the throughput without hangs, around the theory
)

// of is the trial of a timeout, with the hangs or without.
func of(timeout time.Duration, hanging int) trial.Trial { return loaded(timeout, hanging, trial.Any) }

func verdict(j *judge.Judging) results.Verdict {
	fit := j.CompareValue("throughput", j.Trials()...)
	quiet := of(long, 0)
	better := fit.PrimaryRatio(of(short, hangs), of(long, hangs), least)
	fit.Twins(quiet)
	left := func(timeout time.Duration) stat.Interval { return fit.Ratio(of(timeout, hangs), quiet) }

	parts := []judge.Part{judge.AtLeast(better, least, "a short timeout pays")}
	for _, timeout := range append([]time.Duration{short, long}, others...) {
		if slices.Contains(others, timeout) && len(j.Of(of(timeout, hangs))) == 0 {
			continue // not of this profile
		}
		rest := 1 - theory(timeout)
		parts = append(parts, judge.Within(left(timeout), rest-near, rest+near, "the loss at a timeout of %g s", timeout.Seconds()))
		j.Also("share", lost(left(timeout)), "lost with a timeout of %g s (theory %s)", timeout.Seconds(), stat.Format(theory(timeout), "share"))
	}
	return j.Conclude(j.All(parts...), "throughput after {hangs} hangs: timeout {short} over {long}", "×", better,
		"Over {window} after {hangs} of {workers} workers hung, a timeout of {short} costs %s of the throughput (theory %s), one of {long} %s (theory %s).",
		stat.FormatInterval(lost(left(short)), "share"), stat.Format(theory(short), "share"),
		stat.FormatInterval(lost(left(long)), "share"), stat.Format(theory(long), "share"))
}

// theory is the share of the throughput that the hangs cost over the window, n·min(t, w)/(W·w).
func theory(timeout time.Duration) float64 {
	return hangs * min(timeout, window).Seconds() / (workers * window.Seconds())
}

// lost is the complement of what is left.
func lost(left stat.Interval) stat.Interval {
	return stat.Interval{Estimate: 1 - left.Estimate, Low: 1 - left.High, High: 1 - left.Low, Confidence: left.Confidence}
}

// bin is the step of the figure, in seconds: long enough to even out the waits.
const bin = 0.5

func charts(j *judge.Judging) []chart.Chart {
	return judge.Keep(chart.Chart{
		ID: "throughput-after-hangs", Title: "Throughput of {workers} sync workers, {hangs} of which hang at the start",
		XLabel: "time since the hang (s)", YLabel: "throughput (requests/s)",
		Series: []chart.Series{
			judge.Course("no hang", j.Of(of(long, 0)), bin, 0),
			judge.Course("timeout {short}", j.Of(of(short, hangs)), bin, 0),
			judge.Course("timeout {long}", j.Of(of(long, hangs)), bin, 0),
		},
	})
}
