package keepalive

import (
	"fmt"
	"math"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// counts are what visitors did in all valid runs.
type counts struct {
	runs, sent, opened int
	reused, reset      int
}

func (v visitors) count(t results.Table) (c counts) {
	runs := t.Match(v.cell()).Valid()
	for i := range runs {
		opened, ok := runs[i].Value("opened")
		if !ok {
			continue
		}
		reused, _ := runs[i].Value("reused")
		reset, _ := runs[i].Value("reset")
		c.runs++
		c.sent += int(runs[i].Sent)
		c.opened += int(opened)
		c.reused += int(reused)
		c.reset += int(reset)
	}
	return c
}

// again is the share of requests but each client's first that opened a connection. All first requests
// lie in the window: nobody thinks for less than the warm-up.
func (v visitors) again(t results.Table, confidence float64) (stat.Interval, error) {
	c := v.count(t)
	first := c.runs * v.n
	if c.sent <= first || c.opened < first {
		return stat.Interval{}, text.Errorf("clients that think %v: %d requests on %d connections of %d clients in %d runs", v.think, c.sent, c.opened, v.n, c.runs)
	}
	return stat.Binomial(c.opened-first, c.sent-first, confidence)
}

// share is the share of all requests that opened a connection.
func (v visitors) share(t results.Table, confidence float64) (stat.Interval, error) {
	c := v.count(t)
	if c.sent == 0 || c.opened > c.sent {
		return stat.Interval{}, text.Errorf("clients that think %v on average, keep-alive %v: %d requests on %d connections in %d runs", v.think, v.keep, c.sent, c.opened, c.runs)
	}
	return stat.Binomial(c.opened, c.sent, confidence)
}

// returning is P(Z > keep-alive).
func (v visitors) returning() float64 {
	z, k := v.think.Seconds(), v.keep.Seconds()
	switch {
	case v.law == spec.Exponential:
		return math.Exp(-k / z)
	case z > k:
		return 1
	}
	return 0
}

// opening is the share of all requests in a window that open a connection, by the formulas of the
// package comment. perClient is how many requests each client sent in it; to exponential thinkers it
// does not matter.
func (v visitors) opening(window, perClient float64) float64 {
	if v.law != spec.Exponential {
		return (1 + v.returning()*(perClient-1)) / perClient
	}
	m := v.think.Seconds()
	a := trial.Trial{}.WarmUp().Seconds()
	b := a + window
	k := min(max(v.keep.Seconds(), a), b)
	return (m*(math.Exp(-a/m)-math.Exp(-k/m)) + (b-k)*math.Exp(-k/m)) / (b - a)
}

// window is the runs' window in seconds.
func (v visitors) window(t results.Table) float64 {
	for _, r := range t.Match(v.cell()).Valid() {
		return r.Duration.Seconds()
	}
	return math.NaN()
}

// less is the interval of a − b for independent shares: the distances of their bounds add up as squares
// (R. G. Newcombe, Interval estimation for the difference between independent proportions, Statistics
// in Medicine 17 (1998) 873–890, here of exact intervals).
func less(a, b stat.Interval) stat.Interval {
	d := a.Estimate - b.Estimate
	return stat.Interval{
		Estimate: d, Confidence: a.Confidence,
		Low: d - math.Hypot(a.Estimate-a.Low, b.High-b.Estimate), High: d + math.Hypot(a.High-a.Estimate, b.Estimate-b.Low),
	}
}

// String names the clients by think time and keep-alive: "1.5 s / 2 s", and "~1 s / 2 s" where the
// think time is exponential.
func (v visitors) String() string {
	name := fmt.Sprintf("%g s / %g s", v.think.Seconds(), v.keep.Seconds())
	if v.law == spec.Exponential {
		return "~" + name
	}
	return name
}
