package onepod

import (
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

const (
	later = 1.25    // R of four pods over R of one server at least
	slow  = 100_000 // µs: five mean waits
)

func verdict(t results.Table) results.Verdict {
	mine := judge.Either(t, together(), apart())
	j := judge.New(id, claim, mine)
	fit := j.Fit(judge.Derived(mine, judge.MeanResponse, "pods"))
	ratio := fit.Ratio(cell(4), cell(1))
	fit.Primary(cell(4), cell(1), later)

	theory := ratioOf(mine)
	j.Also("×", stat.Interval{Estimate: theory}, "the formulas' ratio at the load that there was")
	j.Also("seconds", fit.Mean(cell(1)), "mean response, 1 server of 4 workers")
	j.Also("seconds", fit.Mean(cell(4)), "mean response, 4 pods of 1 worker")
	j.Also("share", share(j, mine.Match(together())), "slower than 100 ms, 1 server of 4 workers")
	j.Also("share", share(j, mine.Match(apart())), "slower than 100 ms, 4 pods of 1 worker")
	j.Also("share", j.Beside(mine.Match(apart()).Valid().Values("busiest_share")), "busiest pod's share of the requests")
	outcome := j.All(judge.AtLeast(ratio, later, "4 pods answer later than 1 server"))
	return j.Conclude(outcome, "mean response, 4 pods over 1 server", "×", ratio,
		"Four pods of one worker take %s the time of one server with four workers to answer; theory says %s in the long run.",
		stat.FormatInterval(ratio, "×"), stat.Format(theory, "×"))
}

func cell(pods int) string { return results.Cell{"pods": pods}.String() }

// ratioOf is what the formulas make of the runs: four queues over one. Not a number without runs.
func ratioOf(t results.Table) float64 {
	pooled, split := queues(t)
	return split.Slowdown() / pooled.Slowdown()
}

// queues are one queue for all four workers, and one of the four that each has a quarter of the load.
func queues(t results.Table) (pooled, split queueing.Open) {
	pooled, _ = judge.RandomQueue(t.Match(together()))
	return pooled, queueing.Open{Rate: pooled.Rate / 4, Service: pooled.Service, Servers: 1}
}

func share(j *judge.Judging, t results.Table) stat.Interval {
	s, err := judge.ShareOf(t, func(r *results.Record) (some, all int64) { return r.Response.Above(slow), r.Response.Count() }, j.Confidence)
	if err != nil {
		return j.Beside(nil)
	}
	return s
}

func charts(t results.Table) []chart.Chart {
	mine := judge.Either(t, together(), apart())
	names := []string{"1 server of 4 workers", "4 pods of 1 worker"}
	measured, categories := judge.Bars("measured", names,
		[][]float64{judge.MeanResponses(mine.Match(together())), judge.MeanResponses(mine.Match(apart()))}, judge.Per(1e-3))
	figure := chart.Chart{
		ID: "response-pods", Title: "Mean response of four sync workers, together and apart (70 % busy)",
		YLabel: "mean response time (ms)", Categories: categories, Series: []chart.Series{measured},
	}
	if pooled, split := queues(mine); pooled.Rate > 0 && len(categories) == 2 {
		figure.Series = append(figure.Series, judge.Theory("theory (M/M/4, 4 × M/M/1)", measured.Name, []float64{0, 1}, func(i float64) float64 {
			return 1e3 * []queueing.Open{pooled, split}[int(i)].Response()
		}))
	}
	return judge.Keep(figure)
}
