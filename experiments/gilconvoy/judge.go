package gilconvoy

import (
	"math"
	"time"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const (
	naive  = 1.0  // hand-overs a request, as is commonly reckoned; more are claimed
	most   = 10.0 // hand-overs a request
	growth = 5.0  // the delay at the long interval over that at the short, at least
	least  = 5e-5 // seconds: a delay below this is none, and its logarithm would mean nothing
)

var alone = convoy{0, usual}.trial(trial.Any)

func verdict(j *judge.Judging) results.Verdict {
	quiet := median(j)
	locks := j.Beside(j.Values("lock_acquisitions_per_request", alone))
	slope := slopeOf(j, quiet)
	ratio := j.Compare(delayOver(quiet), one(short), one(usual), one(long)).Ratio(one(long), one(short))

	j.Also("×", ratio, "delay at s = {long} over that at {short}")
	j.Also("seconds", stat.Interval{Estimate: quiet}, "median without a background load")
	j.Also("", locks, "lock acquisitions of a request, no background load")

	outcome := j.All(
		judge.Within(slope, naive, most, "a hand-over and more for each thread that computes, {most} at most"),
		judge.AtLeast(ratio, growth, "the delay grows with the switch interval"))
	var taken text.Message
	if !math.IsNaN(locks.Estimate) { // our own server counts them
		taken = text.Of(" A request takes the lock %s times; those times that it need not wait for a thread that computes cost nothing.", stat.Format(locks.Estimate, ""))
	}
	return j.Conclude(outcome, "hand-overs paid per request, m", "", slope,
		"The median of the requests that wait is delayed by %s × threads that compute × switch interval.%s Raising the interval from {short} to {long} makes the delay %s as long.",
		stat.FormatInterval(slope, ""), taken, stat.FormatInterval(ratio, "×"))
}

// one is the trial of one thread that computes.
func one(interval time.Duration) trial.Trial { return convoy{1, interval}.trial(trial.Any) }

// median is that without a background load, the runs' mean.
func median(j *judge.Judging) float64 {
	return j.EstimateOf(judge.P50, alone, "median without a background load")
}

// delayOver is how much later than in so many seconds half of a run's requests are answered.
func delayOver(quiet float64) judge.Figure {
	return func(r *results.Record) (float64, bool) {
		v, ok := judge.P50(r)
		return max(v-quiet, least), ok && !math.IsNaN(quiet)
	}
}

// slopeOf is m: that of the delay on k·s, a run a point.
func slopeOf(j *judge.Judging, quiet float64) stat.Interval {
	var x, y []float64
	for _, t := range j.Trials(computing) {
		for _, v := range j.Figures(judge.P50, t) {
			if !math.IsNaN(quiet) {
				x, y = append(x, pressure(t)), append(y, v-quiet)
			}
		}
	}
	return j.PrimarySlope(x, y, naive)
}

func computing(t trial.Trial) bool { return t.Hog.Clients > 0 }

// pressure is k·s of a trial, in seconds.
func pressure(t trial.Trial) float64 {
	return float64(t.Hog.Clients) * t.Server.Switch.Seconds()
}

func charts(j *judge.Judging) []chart.Chart {
	quiet := median(j)
	added := func(r *results.Record) (float64, bool) {
		v, ok := judge.P50(r)
		return v - quiet, ok && !math.IsNaN(quiet)
	}
	millis := func(t trial.Trial) float64 { return 1e3 * pressure(t) }
	measured := j.Over("measured", j.Trials(computing), millis, added, judge.Per(1e-3))
	levels := append([]float64{0}, measured.X...)
	figure := chart.Chart{
		ID: "gil-convoy", Title: "What threads that compute cost a request that waits ({server} with the lock)",
		XLabel: "threads that compute × switch interval (ms)", YLabel: "added to the median response time (ms)",
		Series: []chart.Series{measured},
	}
	if slope := slopeOf(j, quiet); slope.Known() {
		figure.Series = append(figure.Series, judge.Theory("m·k·s, m as measured", measured.Name, levels, func(ks float64) float64 { return slope.Estimate * ks }))
	}
	figure.Series = append(figure.Series, judge.Theory("one hand-over a request, m = {naive}", "", levels, func(ks float64) float64 { return naive * ks }))
	return judge.Keep(figure)
}
