package eventloopblocked

import (
	"time"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const (
	delay = 10 * time.Millisecond // more than this is late
	limit = waiting + delay
	least = 0.10 // of the requests delayed by the loops
	most  = 0.02 // under sync, and without a background load

	theory = float64(computing+waiting-delay) / float64(computing+resting) // P(delay > l) of the package comment
)

// on is the trial of a server with the background load, and quiet gevent's without.
func on(s spec.Server) trial.Trial { return of(s, trial.Any) }

func quiet() trial.Trial {
	t := on(gevent)
	t.Hog = spec.Load{}
	return t
}

func verdict(j *judge.Judging) results.Verdict {
	// The logarithm of a share breaks at none delayed, so the fit is of the share not delayed. Only the
	// loops under the background load are in it: where hardly anybody is delayed runs hardly differ, and would
	// lend the loops their calm, and under threads the share scatters far more from run to run.
	fit := j.Compare(prompt, on(gevent), on(asgi), on(gevent).Again())
	loop := complement(fit.PrimaryMean(on(gevent), 1-least))
	fit.Twins(on(gevent))
	alone, forked := j.Late(j.Of(quiet()), limit), j.Late(j.Of(on(sync4)), limit)
	j.Also("share", alone, "{one}, no background load")
	j.Also("share", forked, "{processes}")
	for _, s := range secondary {
		j.Also("share", j.Beside(j.Figures(delayed, on(s))), "%s", s.Shape())
	}
	parts := []judge.Part{
		judge.AtLeast(loop, least, "gevent delays others"),
		judge.AtMost(alone, most, "nobody is delayed without a background load"),
		judge.AtMost(forked, most, "sync delays nobody"),
	}
	awaiting := text.Message{}
	if !j.Lacks(on(asgi)) {
		other := complement(fit.Mean(on(asgi)))
		j.Also("share", other, "{awaiting}")
		parts = append(parts, judge.AtLeast(other, least, "asgi delays others"))
		awaiting = text.Of(", %s under one asgi worker", stat.FormatInterval(other, "share"))
	}
	return j.Conclude(j.All(parts...), "{one}: others delayed by more than {delay}", "share", loop,
		"The background load delays %s of the others under one gevent worker%s and %s under {forked} sync workers; without it %s. Theory says %s for one loop.",
		stat.FormatInterval(loop, "share"), awaiting,
		stat.FormatInterval(forked, "share"), stat.FormatInterval(alone, "share"), stat.Format(theory, "share"))
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

// delayed is its complement.
func delayed(r *results.Record) (float64, bool) {
	p, ok := prompt(r)
	return 1 - p, ok
}

// complement is the share delayed where i is that of the prompt. A fit's level may lie beyond what a
// share can be, by a little.
func complement(i stat.Interval) stat.Interval {
	share := func(x float64) float64 { return max(0, min(1, x)) }
	return stat.Interval{
		Estimate: share(1 - i.Estimate), Low: share(1 - i.High), High: share(1 - i.Low), Confidence: i.Confidence,
	}
}

func charts(j *judge.Judging) []chart.Chart {
	var names []string
	var shares [][]float64
	for _, s := range append([]spec.Server{gevent, asgi, sync4}, secondary...) {
		names, shares = append(names, s.Shape()), append(shares, j.Figures(delayed, on(s)))
	}
	names, shares = append(names, "{one}, no background load"), append(shares, j.Figures(delayed, quiet()))
	measured, categories := judge.Bars("measured", names, shares, judge.Per(0.01))
	var loops []float64
	for i, name := range categories {
		if name == gevent.Shape() || name == asgi.Shape() {
			loops = append(loops, float64(i))
		}
	}
	return judge.Keep(chart.Chart{
		ID: "delayed-by-hog", Title: "Requests delayed by a client that computes {computing} in every {period}",
		YLabel: "delayed by more than {delay} (%)", Categories: categories,
		Series: []chart.Series{measured, judge.Theory("theory for one loop, (b + w − l)/T", measured.Name,
			loops, func(float64) float64 { return 100 * theory })},
	})
}
