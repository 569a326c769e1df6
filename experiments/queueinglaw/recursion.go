package queueinglaw

import (
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results"
)

// overheads are what a request takes beyond what it asks for, by block: the mean of a lone client, who never
// waits for another. It is the server's time, the kernel's and the generator's.
func overheads(t results.Table) map[int]time.Duration {
	byBlock := make(map[int]time.Duration)
	for _, r := range t.Match(lone()).Valid() {
		var sum int64
		n := 0
		for i := range r.Trace.Len() {
			if counts(&r, i) {
				sum += r.Trace.Done[i] - r.Trace.Sent[i] - r.Trace.Demand[i]
				n++
			}
		}
		if n > 0 && sum > 0 {
			byBlock[r.Repetition] = microseconds(sum) / time.Duration(n)
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
// before as many servers as there are workers, each held for what the request asked for and the overhead.
// Arrivals are the sends that there were, the warm-up's first; response times count from the intended ones, as
// those measured do.
func firstCome(r *results.Record, overhead time.Duration) (seconds float64, ok bool) {
	workers, _ := r.Cell.Number("workers")
	q, err := queueing.NewFirstCome(int(workers))
	if err != nil {
		return 0, false
	}
	var sum time.Duration
	n := 0
	for i := range r.Trace.Len() {
		service := microseconds(r.Trace.Demand[i]) + overhead
		sent := microseconds(r.Trace.Sent[i])
		wait, err := q.Wait(sent, service)
		if err != nil {
			return 0, false
		}
		if counts(r, i) {
			sum += sent - microseconds(r.Trace.Intended[i]) + wait + service
			n++
		}
	}
	return sum.Seconds() / float64(n), n > 0
}

// recursion is firstCome with the overhead of the run's block.
func recursion(overhead map[int]time.Duration) experiments.Figure {
	return func(r *results.Record) (float64, bool) {
		beyond, ok := overhead[r.Repetition]
		if !ok {
			return 0, false
		}
		return firstCome(r, beyond)
	}
}

// residual is the measured mean response time over the recursion's.
func residual(overhead map[int]time.Duration) experiments.Figure {
	expected := recursion(overhead)
	return func(r *results.Record) (float64, bool) {
		measured, ok := experiments.MeanResponse(r)
		expected, known := expected(r)
		return measured / expected, ok && known
	}
}
