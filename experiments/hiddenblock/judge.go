package hiddenblock

import (
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

const (
	left   = 0.10 // of gevent's throughput, at most
	margin = 0.15 // of gevent's throughput around sync's
	kept   = 0.50 // of the threads' throughput, at least
)

func verdict(j *judge.Judging) results.Verdict {
	// Threads scatter far more from run to run than the others, whose figures they would blur.
	fit := j.CompareValue("throughput", hidden(gevent), seen(gevent), seen(sync2))
	loop := fit.PrimaryRatio(hidden(gevent), seen(gevent), left)
	asSync := fit.Ratio(hidden(gevent), seen(sync2))
	threads := j.CompareValue("throughput", hidden(gthread), seen(gthread)).Ratio(hidden(gthread), seen(gthread))
	j.Also("×", asSync, "gevent with a hidden wait over sync")
	j.Also("×", threads, "{pool}: hidden wait over one that yields")

	outcome := j.All(
		judge.AtMost(loop, left, "gevent is left with {left} %%"),
		judge.Within(asSync, 1/(1+margin), 1+margin, "gevent is left with sync's throughput"),
		judge.AtLeast(threads, kept, "threads keep theirs"))
	return j.Conclude(outcome, "gevent: X(hidden wait)/X(wait)", "×", loop,
		"With a wait that does not yield, {workers} gevent workers serve %s what they serve with one that does, and %s what as many sync workers serve. {workers} gthread workers of {threads} threads serve %s what they did.",
		stat.FormatInterval(loop, "×"), stat.FormatInterval(asSync, "×"), stat.FormatInterval(threads, "×"))
}

func charts(j *judge.Judging) []chart.Chart {
	var names []string
	yields := chart.Series{Name: "the wait yields", Kind: chart.Points}
	hides := chart.Series{Name: "the wait is hidden", Kind: chart.Points}
	for i, s := range []spec.Server{gevent, gthread, sync2} { // all keep their place, measured or not
		names = append(names, s.Shape())
		judge.Put(&yields, float64(i), j.Values("throughput", seen(s)), judge.Per(1))
		judge.Put(&hides, float64(i), j.Values("throughput", hidden(s)), judge.Per(1))
	}
	blocked := judge.Theory("one at a time for each worker, W/I", hides.Name, hides.X[:min(1, len(hides.X))],
		func(float64) float64 { return float64(gevent.Workers) / trial.LongWait.Seconds() })
	return judge.Keep(chart.Chart{
		ID: "throughput-hidden-block", Title: "Requests that wait {wait}: throughput if the wait yields, and if not",
		YLabel: "throughput (requests/s)", Categories: names, Series: []chart.Series{yields, hides, blocked},
	})
}
