package backlogoverflow

import (
	"fmt"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

// charts show how many clients had their answer by when: a step is a round of retries.
func charts(j *judge.Judging) []chart.Chart {
	figure := chart.Chart{
		ID: "answered-beyond-backlog", Title: "Clients answered after a burst, one sync worker, {work} a request",
		XLabel: "time since the request was sent (s)", YLabel: "clients answered (%)", FromTo: [2]float64{0, 104},
	}
	for _, r := range []rush{ample, middle, small, crowd} {
		name := fmt.Sprintf("B = %d, K = %d", r.burst, r.backlog)
		figure.Series = append(figure.Series, answered(name, j.Of(r.trial(trial.Any)).Valid()))
	}
	return judge.Keep(figure)
}

// answered is the share of all clients of some runs that had their answer, over time.
func answered(name string, t results.Table) chart.Series {
	s := chart.Series{Name: name, Kind: chart.Steps}
	whole, planned := results.NewHistogram(), uint64(0)
	for _, r := range t {
		planned += r.Planned
		if r.Service.Count() > 0 {
			whole.Merge(r.Service.Histogram)
		}
	}
	if whole.Count() == 0 || planned == 0 {
		return s
	}
	sum := int64(0)
	add := func(seconds float64) {
		s.X = append(s.X, seconds)
		s.Y = append(s.Y, stat.Interval{Estimate: 100 * float64(sum) / float64(planned)})
	}
	add(0)
	for _, bar := range whole.Distribution() {
		if sum += bar.Count; bar.Count > 0 {
			add(float64(bar.To) / 1e6)
		}
	}
	return s
}
