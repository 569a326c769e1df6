package queueinglaw

import (
	"time"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results"
)

// A cost is what a request takes beyond what it asks for.
type cost struct {
	holds time.Duration // a worker, so that others wait for it
	takes time.Duration // a lone client: that, and what the kernel and the client do meanwhile
}

// costOf tells it by a lone client, who never waits for another, and by saturated workers, who never wait for a
// request (package demand). It is false without a run of both.
func costOf(t results.Table) (c cost, ok bool) {
	lone, _ := judge.DemandOf(t.Match(idle(1)))
	busy, _ := judge.DemandOf(t.Match(idle(trial.Idlers)))
	if lone.Response == 0 || busy.Held == 0 {
		return c, false
	}
	return cost{max(0, judge.Seconds(busy.Held)-waiting), max(0, judge.Seconds(lone.Response)-waiting)}, true
}

// counts reports whether the trace's request is one of the window's.
func counts(r *results.Record, i int) bool {
	at := microseconds(r.Trace.Intended[i])
	return at >= 0 && at < r.Duration
}

func microseconds(n int64) time.Duration { return time.Duration(n) * time.Microsecond }

// firstCome is the mean response time in seconds that the run's requests would have had in order of arrival
// before as many servers as there are workers. Arrivals are the sends that there were, the warm-up's first;
// response times count from the intended ones, as those measured do.
func firstCome(r *results.Record, c cost) (seconds float64, ok bool) {
	workers, _ := r.Cell.Number("workers")
	q, err := queueing.NewFirstCome(int(workers))
	if err != nil {
		return 0, false
	}
	var sum time.Duration
	n := 0
	for i := range r.Trace.Len() {
		demand, sent := microseconds(r.Trace.Demand[i]), microseconds(r.Trace.Sent[i])
		wait, err := q.Wait(sent, demand+c.holds)
		if err != nil {
			return 0, false
		}
		if counts(r, i) {
			sum += sent - microseconds(r.Trace.Intended[i]) + wait + demand + c.takes
			n++
		}
	}
	return sum.Seconds() / float64(n), n > 0
}

// recursion is firstCome as a figure, where the cost is known.
func recursion(c cost, known bool) judge.Figure {
	return func(r *results.Record) (float64, bool) {
		if !known {
			return 0, false
		}
		return firstCome(r, c)
	}
}

// residual is the measured mean response time over the recursion's.
func residual(c cost, known bool) judge.Figure {
	expected := recursion(c, known)
	return func(r *results.Record) (float64, bool) {
		measured, ok := judge.MeanResponse(r)
		expected, known := expected(r)
		return measured / expected, ok && known
	}
}
