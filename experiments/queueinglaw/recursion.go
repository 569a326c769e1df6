package queueinglaw

import (
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results"
)

// A cost is what a request takes beyond what it asks for.
type cost struct {
	holds time.Duration // a worker, so that others wait for it
	takes time.Duration // a lone client: that, and what the kernel and the client do meanwhile
}

// costs are those of the blocks that tell them, by a lone client, who never waits for another, and by saturated
// workers, who never wait for a request. N clients in a closed loop, W workers: X = N/R = W/S (Little), so that a
// worker is held for S = R·W/N.
func costs(t results.Table) map[int]cost {
	lone := beyond(t.Match(lone()), 1)
	busy := beyond(t.Match(saturated()), float64(idlers.Workers)/idling)
	byBlock := make(map[int]cost)
	for block, takes := range lone {
		if holds, ok := busy[block]; ok {
			byBlock[block] = cost{holds, takes}
		}
	}
	return byBlock
}

// beyond is the mean of what such a part of the requests' response times exceeds their demands by, by block.
func beyond(t results.Table, part float64) map[int]time.Duration {
	byBlock := make(map[int]time.Duration)
	for _, r := range t.Valid() {
		sum, n := 0.0, 0
		for i := range r.Trace.Len() {
			if counts(&r, i) {
				sum += part*float64(r.Trace.Done[i]-r.Trace.Sent[i]) - float64(r.Trace.Demand[i])
				n++
			}
		}
		if n > 0 && sum > 0 {
			byBlock[r.Repetition] = time.Duration(sum / float64(n) * float64(time.Microsecond))
		}
	}
	return byBlock
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

// recursion is firstCome with the costs of the run's block.
func recursion(byBlock map[int]cost) experiments.Figure {
	return func(r *results.Record) (float64, bool) {
		c, ok := byBlock[r.Repetition]
		if !ok {
			return 0, false
		}
		return firstCome(r, c)
	}
}

// residual is the measured mean response time over the recursion's.
func residual(byBlock map[int]cost) experiments.Figure {
	expected := recursion(byBlock)
	return func(r *results.Record) (float64, bool) {
		measured, ok := experiments.MeanResponse(r)
		expected, known := expected(r)
		return measured / expected, ok && known
	}
}
