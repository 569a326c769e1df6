package queueinglaw

import (
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results"
)

// The mean demands.
const (
	waiting = 20 * time.Millisecond
	working = 5 * time.Millisecond
)

// A law is M/M/4 for the runs of a cell.
type law struct {
	queueing.Open
	demand time.Duration // the part of S that is drawn
}

// lawOf is the law for the rate that there was in the runs, and for services of a drawn demand and the
// overhead. It is false without a run that tells either.
func lawOf(runs results.Table, demand time.Duration, overhead map[int]time.Duration) (l law, ok bool) {
	var rates []float64
	for _, r := range runs.Valid() {
		if r.Duration > 0 {
			rates = append(rates, float64(r.Planned)/r.Duration.Seconds())
		}
	}
	if len(rates) == 0 || len(overhead) == 0 {
		return l, false
	}
	return law{queueing.Open{Rate: experiments.Average(rates), Service: demand + average(overhead), Servers: workers}, demand}, true
}

// average is the overhead over all blocks.
func average(overhead map[int]time.Duration) time.Duration {
	var sum time.Duration
	for _, d := range overhead {
		sum += d
	}
	return sum / time.Duration(max(1, len(overhead)))
}

// settled is the recursion's mean response time in the long run over Erlang C's: services are exponential but
// for the overhead, which does not vary. Not a number from 100 % load on.
func (l law) settled() float64 {
	variation := l.demand.Seconds() / l.Service.Seconds()
	return (l.Service.Seconds() + queueing.AllenCunneen(l.Open, 1, variation)) / l.Response()
}

// split is the mean response time of one of four queues with a quarter of the arrivals, in seconds.
func (l law) split() float64 {
	return queueing.Open{Rate: l.Rate / workers, Service: l.Service, Servers: 1}.Response()
}
