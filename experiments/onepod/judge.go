package onepod

import (
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

const (
	later = 1.25                 // R of the pods over R of the one server at least
	slow  = 5 * trial.RandomWait // of a response, told
)

func verdict(j *judge.Judging) results.Verdict {
	one, pods := together(trial.Any), apart(trial.Any)
	fit := j.Compare(judge.MeanResponse, one, pods)
	ratio := fit.PrimaryRatio(pods, one, later)
	pooled, split := queues(j)
	theory := split.Slowdown() / pooled.Slowdown()
	j.Also("×", stat.Interval{Estimate: theory}, "the formulas' ratio at the load that there was")
	j.Also("seconds", fit.Mean(one), "mean response, one server")
	j.Also("seconds", fit.Mean(pods), "mean response, {many} pods")
	j.Also("share", late(j, one), "slower than {slow}, one server")
	j.Also("share", late(j, pods), "slower than {slow}, {many} pods")
	j.Also("share", j.Beside(j.Values("busiest_share", pods)), "busiest pod's share of the requests")
	outcome := j.All(judge.AtLeast(ratio, later, "{many} pods answer later than one server"))
	return j.Conclude(outcome, "mean response, {many} pods over one server", "×", ratio,
		"{many} pods of one worker take %s the time of one server with as many workers to answer; theory says %s in the long run.",
		stat.FormatInterval(ratio, "×"), stat.Format(theory, "×"))
}

// queues are theory for the load that there was: one queue for all workers, and one of those that each have an
// equal part of the load.
func queues(j *judge.Judging) (pooled, split queueing.Open) {
	pooled, _ = judge.RandomQueue(j.Of(together(trial.Any)))
	return pooled, queueing.Open{Rate: pooled.Rate / many, Service: pooled.Service, Servers: 1}
}

// late is the share of a trial's requests that took longer than slow.
func late(j *judge.Judging, t trial.Trial) stat.Interval {
	return j.SecondaryShare(j.Of(t), func(r *results.Record) (some, all int64) {
		return r.Response.Above(slow.Microseconds()), r.Response.Count()
	})
}

func charts(j *judge.Judging) []chart.Chart {
	names := []string{"one server of {many} workers", "{many} pods of one worker"}
	measured, categories := judge.Bars("measured", names, [][]float64{
		j.Figures(judge.MeanResponse, together(trial.Any)), j.Figures(judge.MeanResponse, apart(trial.Any)),
	}, judge.Per(1e-3))
	figure := chart.Chart{
		ID: "response-pods", Title: "Mean response of {many} sync workers, together and apart ({load} % busy)",
		YLabel: "mean response time (ms)", Categories: categories, Series: []chart.Series{measured},
	}
	if pooled, split := queues(j); pooled.Rate > 0 && len(categories) == 2 {
		figure.Series = append(figure.Series, judge.Theory("theory (M/M/c, M/M/1)", measured.Name, []float64{0, 1}, func(i float64) float64 {
			return 1e3 * []queueing.Open{pooled, split}[int(i)].Response()
		}))
	}
	return judge.Keep(figure)
}
