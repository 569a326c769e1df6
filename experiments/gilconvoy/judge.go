package gilconvoy

import (
	"math"
	"slices"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/regress"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const (
	naive  = 1.0  // hand-overs a request, as is commonly reckoned; more are claimed
	most   = 10.0 // hand-overs a request
	growth = 5.0  // the delay at 20 ms over that at 1 ms, at least
	least  = 5e-5 // seconds: a delay below this is none, and its logarithm would mean nothing
)

func verdict(t results.Table) results.Verdict {
	mine := t.Match(own())
	j := judge.New(id, claim, mine)
	alone := j.Estimate(noHog(mine), median, "median without a hog")
	locks := j.Beside(mine.Where("hog_clients", 0).Valid().Values("lock_acquisitions_per_request"))

	x, y := points(mine, alone)
	slope := j.PrimarySlope(x, y, naive)
	var grown []regress.Sample
	if !math.IsNaN(alone) {
		grown = judge.Derived(mine.Where("hog_clients", 1), delayOver(alone), "switch_seconds")
	}
	ratio := j.Fit(grown).Ratio(interval(0.020), interval(0.001))

	j.Also("×", ratio, "delay at s = 20 ms over that at 1 ms")
	j.Also("seconds", stat.Interval{Estimate: alone}, "median without a hog")
	j.Also("", locks, "lock acquisitions of a request, no hog")

	outcome := j.All(
		judge.Within(slope, naive, most, "a hand-over per hog and more, ten at most"),
		judge.AtLeast(ratio, growth, "the delay grows with the switch interval"))
	var taken text.Message
	if !math.IsNaN(locks.Estimate) { // our own server counts them
		taken = text.Of(" A request takes the lock %s times; those times that it need not wait for a hog cost nothing.", stat.Format(locks.Estimate, ""))
	}
	return j.Conclude(outcome, "hand-overs paid per request, m", "", slope,
		"The median of the requests that wait is delayed by %s × hogs × switch interval.%s Raising the interval from 1 ms to 20 ms makes the delay %s as long.",
		stat.FormatInterval(slope, ""), taken, stat.FormatInterval(ratio, "×"))
}

func interval(seconds float64) string { return results.Cell{"switch_seconds": seconds}.String() }

const median = "median"

// noHog are the runs without hogs, with their median as a value.
func noHog(t results.Table) results.Table {
	runs := slices.Clone(t.Where("hog_clients", 0).Valid())
	for i := range runs {
		if v, ok := judge.P50(&runs[i]); ok {
			runs[i].Values = map[string]results.Value{median: {Value: v, Unit: "seconds"}}
		}
	}
	return runs
}

// delayOver is how much later than alone, in seconds, half of a run's requests are answered.
func delayOver(alone float64) func(*results.Record) (float64, bool) {
	return func(r *results.Record) (float64, bool) {
		v, ok := judge.P50(r)
		return max(v-alone, least), ok
	}
}

// points are the runs with hogs: k·s and the delay, both in seconds.
func points(t results.Table, alone float64) (x, y []float64) {
	runs := t.Valid()
	for i := range runs {
		v, ok := judge.P50(&runs[i])
		if ks := pressure(&runs[i]); ok && ks > 0 && !math.IsNaN(alone) {
			x, y = append(x, ks), append(y, v-alone)
		}
	}
	return x, y
}

// pressure is k·s of a run, in seconds.
func pressure(r *results.Record) float64 {
	k, _ := r.Cell.Number("hog_clients")
	s, _ := r.Cell.Number("switch_seconds")
	return k * s
}

func charts(t results.Table) []chart.Chart {
	mine := t.Match(own())
	j := judge.New(id, claim, mine)
	x, y := points(mine, j.Estimate(noHog(mine), median, "median without a hog"))
	delays := make(map[float64][]float64)
	for i := range x {
		delays[x[i]] = append(delays[x[i]], y[i])
	}
	measured := chart.Series{Name: "measured", Kind: chart.Points}
	levels := []float64{0}
	for _, ks := range slices.Sorted(slices.Values(x)) {
		if len(delays[ks]) == 0 {
			continue
		}
		mean, raw := judge.Bar(delays[ks], judge.Per(1e-3))
		measured.X, measured.Y, measured.Raw = append(measured.X, ks*1e3), append(measured.Y, mean), append(measured.Raw, raw)
		levels = append(levels, ks*1e3)
		delete(delays, ks)
	}
	figure := chart.Chart{
		ID: "gil-convoy", Title: "What threads that compute cost a request that waits (gthread 1×8 with the lock)",
		XLabel: "threads that compute × switch interval (ms)", YLabel: "added to the median response time (ms)",
		Series: []chart.Series{measured},
	}
	if slope := j.PrimarySlope(x, y, naive); slope.Known() {
		figure.Series = append(figure.Series, judge.Theory("m·k·s, m as measured", measured.Name, levels, func(ks float64) float64 { return slope.Estimate * ks }))
	}
	figure.Series = append(figure.Series, judge.Theory("one hand-over a request, m = 1", "", levels, func(ks float64) float64 { return ks }))
	return judge.Keep(figure)
}
