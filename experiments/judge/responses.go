package judge

import (
	"math"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/demand"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
)

// DemandOf is what a request asks of the server, by a table's valid runs, whose workers serve one request each. It is
// false without a run that tells.
func DemandOf(t results.Table) (demand.Demand, bool) {
	var runs []demand.Run
	for _, r := range t.Valid() {
		run := demand.Run{}
		run.CPU, _ = r.Value("cpu_per_request")
		run.Response, _ = MeanResponse(&r)
		if clients, ok := r.Cell.Number("clients"); ok {
			run.Clients = int(clients)
		}
		if workers, ok := r.Cell.Number("workers"); ok {
			run.Workers = int(workers)
		}
		runs = append(runs, run)
	}
	return demand.Of(runs...)
}

// RandomQueue is what queueing theory makes of the runs of Random on four sync workers: one queue with
// the arrivals that there were, served by as many for as long as a request waits and computes. It is
// false without a run that tells.
func RandomQueue(t results.Table) (q queueing.Open, ok bool) {
	rates := Rates(t)
	d, _ := DemandOf(t)
	if len(rates) == 0 || d.Work == 0 {
		return q, false
	}
	service := trial.RandomWait + Seconds(d.Work)
	return queueing.Open{Rate: stat.Average(rates), Service: service, Servers: trial.RandomRoom}, true
}

// Rates are those at which requests arrived in a table's valid runs, a second.
func Rates(t results.Table) (rates []float64) {
	for _, r := range t.Valid() {
		if r.Duration > 0 {
			rates = append(rates, float64(r.Planned)/r.Duration.Seconds())
		}
	}
	return rates
}

// MeanResponse is the mean response time of the run's answers in seconds.
func MeanResponse(r *results.Record) (seconds float64, ok bool) {
	if r.Response.Count() == 0 {
		return 0, false
	}
	seconds = r.Response.Mean() / float64(time.Second/time.Microsecond)
	return seconds, seconds > 0 && !math.IsInf(seconds, 0)
}

// MeanResponses are those of the table's valid runs, in seconds.
func MeanResponses(t results.Table) (seconds []float64) {
	valid := t.Valid()
	for i := range valid {
		if mean, ok := MeanResponse(&valid[i]); ok {
			seconds = append(seconds, mean)
		}
	}
	return seconds
}

// OthersMedian is the median response time of all requests planned, in seconds. One that was never answered
// is later than any that was, or a stall would hide itself.
func OthersMedian(r *results.Record) (float64, bool) {
	if r.Planned == 0 {
		return 0, false
	}
	answered := float64(r.Response.Count())
	half := float64(r.Planned) / 2
	if answered < half {
		return trial.GivenUp, true
	}
	return float64(r.Response.ValueAtQuantile(100*half/answered)) / 1e6, true
}
