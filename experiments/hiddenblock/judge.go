package hiddenblock

import (
	"fmt"

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
	wait   = 0.020
)

func cell(s spec.Server, do string) string {
	return results.Cell{"class": s.Class, "do": do}.String()
}

func verdict(t results.Table) results.Verdict {
	mine := judge.Either(t, own(gevent, trial.HiddenDo), own(gevent, trial.IdleDo),
		own(gthread, trial.HiddenDo), own(gthread, trial.IdleDo), own(sync2, trial.IdleDo))
	j := judge.New(id, claim, mine)
	// Threads scatter far more from run to run than the others, whose figures they would blur.
	pool := mine.Where("class", gthread.Class)
	fit := j.Fit(judge.Samples(judge.Either(mine, results.Cell{"class": gevent.Class}, results.Cell{"class": sync2.Class}), "throughput", "class", "do"))

	hidden, seen := cell(gevent, trial.HiddenDo), cell(gevent, trial.IdleDo)
	loop := fit.Ratio(hidden, seen)
	fit.Primary(hidden, seen, left)
	asSync := fit.Ratio(hidden, cell(sync2, trial.IdleDo))
	threads := j.Fit(judge.Samples(pool, "throughput", "class", "do")).Ratio(cell(gthread, trial.HiddenDo), cell(gthread, trial.IdleDo))
	j.Also("×", asSync, "gevent with a hidden wait over sync")
	j.Also("×", threads, "gthread 2×16: hidden wait over one that yields")

	outcome := j.All(
		judge.AtMost(loop, left, "gevent loses nine tenths"),
		judge.Within(asSync, 1/(1+margin), 1+margin, "gevent is left with sync's throughput"),
		judge.AtLeast(threads, kept, "threads keep theirs"))
	return j.Conclude(outcome, "gevent: X(hidden wait)/X(wait)", "×", loop,
		"With a wait that does not yield, two gevent workers serve %s what they serve with one that does, and %s what two sync workers serve. Two gthread workers of 16 threads serve %s what they did.",
		stat.FormatInterval(loop, "×"), stat.FormatInterval(asSync, "×"), stat.FormatInterval(threads, "×"))
}

func charts(t results.Table) []chart.Chart {
	servers := []spec.Server{gevent, gthread, sync2}
	var names []string
	var seen, hidden [][]float64
	for _, s := range servers {
		names = append(names, fmt.Sprintf("%s, %d×%d", s.Class, s.Workers, max(1, s.Threads)))
		seen = append(seen, t.Match(own(s, trial.IdleDo)).Valid().Values("throughput"))
		hidden = append(hidden, t.Match(own(s, trial.HiddenDo)).Valid().Values("throughput"))
	}
	yields := bars("the wait yields", seen)
	hides := bars("the wait is hidden", hidden)
	figure := chart.Chart{
		ID: "throughput-hidden-block", Title: "Requests that wait 20 ms: throughput if the wait yields, and if not",
		YLabel: "throughput (requests/s)", Categories: names, Series: []chart.Series{yields, hides},
	}
	figure.Series = append(figure.Series, judge.Theory("two at a time, W/I", hides.Name, hides.X[:min(1, len(hides.X))], func(float64) float64 { return 2 / wait }))
	return judge.Keep(figure)
}

// bars are measurements over categories all of which keep their place, measured or not.
func bars(name string, values [][]float64) chart.Series {
	s := chart.Series{Name: name, Kind: chart.Points}
	for i, runs := range values {
		if len(runs) > 0 {
			mean, raw := judge.Bar(runs, judge.Per(1))
			s.X, s.Y, s.Raw = append(s.X, float64(i)), append(s.Y, mean), append(s.Raw, raw)
		}
	}
	return s
}
