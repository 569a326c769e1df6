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

// A law is M/M/c for the runs of a cell, c being the number of workers.
type law struct {
	queueing.Open
	variation float64 // of the services: standard deviation over mean
}

// lawOf is the law for the rate that there was in the runs of a cell, and for services of what they ask for
// and the overhead. It is false without a run that tells either.
func lawOf(cell results.Cell, runs results.Table, overhead map[int]time.Duration) (l law, ok bool) {
	var rates []float64
	for _, r := range runs.Valid() {
		if r.Duration > 0 {
			rates = append(rates, float64(r.Planned)/r.Duration.Seconds())
		}
	}
	if len(rates) == 0 || len(overhead) == 0 {
		return l, false
	}
	l.Rate = experiments.Average(rates)
	workers, _ := cell.Number("workers")
	l.Servers = int(workers)
	if results.SameValue(cell["do"], experiments.ComputingDo) {
		l.Service = working + average(overhead)
		return l, true // with services that do not vary
	}
	l.Service = waiting + average(overhead)
	l.variation = waiting.Seconds() / l.Service.Seconds()
	return l, true
}

// average is the overhead over all blocks.
func average(overhead map[int]time.Duration) time.Duration {
	var sum time.Duration
	for _, d := range overhead {
		sum += d
	}
	return sum / time.Duration(max(1, len(overhead)))
}

// settled is the recursion's mean response time in the long run over Erlang C's, whose services are all
// exponential, overhead and all. Not a number from 100 % load on.
func (l law) settled() float64 {
	return (l.Service.Seconds() + queueing.AllenCunneen(l.Open, 1, l.variation)) / l.Response()
}

// erlang is Erlang C's mean response time in seconds.
func (l law) erlang() float64 { return l.Response() }

// split is the mean response time where each worker has a queue of its own, with an equal part of the
// arrivals, in seconds.
func (l law) split() float64 {
	return queueing.Open{Rate: l.Rate / float64(l.Servers), Service: l.Service, Servers: 1}.Response()
}
