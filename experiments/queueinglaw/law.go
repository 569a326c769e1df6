package queueinglaw

import (
	"time"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
)

// The mean demands.
const (
	waiting = 20 * time.Millisecond
	working = 5 * time.Millisecond
)

// A law is M/M/c for the runs of a cell, c being the number of workers.
type law struct {
	queueing.Open
	variation float64       // of the services: standard deviation over mean
	delay     time.Duration // what a request takes besides, which holds no worker
}

// lawOf is the law for the rate that there was in the runs of a cell, and for services of what they ask for
// and its cost. It is false without a run.
func lawOf(cell results.Cell, runs results.Table, c cost) (l law, ok bool) {
	rates := judge.Rates(runs)
	if len(rates) == 0 {
		return l, false
	}
	l.Rate, l.delay = stat.Average(rates), c.takes-c.holds
	workers, _ := cell.Number("workers")
	l.Servers = int(workers)
	if results.SameValue(cell["do"], trial.ComputingDo) {
		l.Service = working + c.holds
		return l, true // with services that do not vary
	}
	l.Service = waiting + c.holds
	l.variation = waiting.Seconds() / l.Service.Seconds()
	return l, true
}

// erlang is Erlang C's mean response time in seconds; +Inf from 100 % load on.
func (l law) erlang() float64 { return l.Response() + l.delay.Seconds() }

// settled is the recursion's mean response time in the long run over Erlang C's, whose services are all
// exponential, cost and all. Not a number from 100 % load on.
func (l law) settled() float64 {
	waits := queueing.AllenCunneen(l.Open, 1, l.variation)
	return (waits + l.Service.Seconds() + l.delay.Seconds()) / l.erlang()
}

// split is the mean response time where each worker has a queue of its own, with an equal part of the
// arrivals, in seconds.
func (l law) split() float64 {
	one := queueing.Open{Rate: l.Rate / float64(l.Servers), Service: l.Service, Servers: 1}
	return one.Response() + l.delay.Seconds()
}
