package loadgen

import (
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// A tally collects what became of the requests. One goroutine adds to it.
type tally struct {
	p        *plan
	c        *client
	start    time.Time // of the window
	finished atomic.Uint64
	cpu      meter

	r     Report
	lag   *hdrhistogram.Histogram
	sends []time.Duration // in the window, in the order in which their answers came
}

// Histograms reach from a microsecond to ten minutes; what is above counts as ten minutes.
const longest = 10 * time.Minute

func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(1, longest.Microseconds(), 3)
}

func record(h *hdrhistogram.Histogram, d time.Duration) {
	_ = h.RecordValue(min(max(d, 0), longest).Microseconds()) // it is in range
}

func newTally(p *plan, c *client, start time.Time) *tally {
	return &tally{
		p: p, c: c, start: start,
		lag:   newHistogram(),
		sends: make([]time.Duration, 0, p.planned),
		r: Report{
			Name:        p.Name,
			Start:       start,
			Open:        p.open(),
			Connections: p.Connections,
			Failures:    make(map[string]uint64),
			Service:     newHistogram(),
			Response:    newHistogram(),
		},
	}
}

// add counts one result of vegeta's. Its sequence numbers follow the order of sending, so the k-th is
// the one for which the k-th offset was meant.
func (t *tally) add(r *vegeta.Result) {
	defer t.finished.Add(1)
	x := t.c.landed(r.Seq)
	if x == nil || errors.Is(x.failure, errEnded) {
		return // it was never sent
	}
	t.r.Total++
	s := t.sample(r, x)
	cut := errors.Is(x.failure, errCut)
	if t.counts(s) {
		t.count(s, x, cut)
	}
	if s.Failure == "" && s.Done >= 0 && s.Done < t.p.Duration {
		t.r.arrived++
	}
	if t.p.Observe != nil && !cut {
		t.p.Observe(s)
	}
}

func (t *tally) sample(r *vegeta.Result, x *exchange) Sample {
	s := Sample{
		Target:  x.target,
		Sent:    r.Timestamp.Sub(t.start) + x.thought,
		Done:    r.Timestamp.Sub(t.start) + r.Latency,
		Code:    x.code,
		BytesIn: x.bytesIn,
		Reused:  x.reused,
	}
	s.Intended = s.Sent
	if t.p.open() {
		s.Intended = t.p.offsets[r.Seq]
	}
	switch {
	case x.failure != nil:
		s.Failure = kind(x.failure)
	case x.code < 200 || x.code > 399:
		s.Failure = failStatus(x.code)
	}
	return s
}

// counts reports whether the request belongs to the window.
func (t *tally) counts(s Sample) bool { return s.Intended >= 0 && s.Intended < t.p.Duration }

func (t *tally) count(s Sample, x *exchange, cut bool) {
	t.r.Sent++
	t.sends = append(t.sends, s.Sent)
	if t.p.open() {
		record(t.lag, s.Sent-s.Intended)
	}
	if x.opened {
		t.r.Opened++
	}
	if x.reused {
		t.r.Reused++
	}
	if x.waited {
		t.r.Waited++
	}
	if x.last {
		t.r.announced++
	}
	switch {
	case cut:
		t.r.Cut++
	case s.Failure != "":
		t.r.Failed++
		if x.reused {
			t.r.Broken++
		}
		t.fail(s.Failure)
	default:
		t.r.Completed++
		t.r.BytesIn += uint64(s.BytesIn)
		record(t.r.Service, s.Service())
		record(t.r.Response, s.Response())
	}
}

func (t *tally) fail(kind string) {
	if _, known := t.r.Failures[kind]; !known && len(t.r.Failures) >= maxKinds {
		kind = FailOther
	}
	t.r.Failures[kind]++
}

// report closes the accounts of a window, which may be shorter than planned if the run was interrupted.
func (t *tally) report(window time.Duration, interrupted, fused bool) *Report {
	r := &t.r
	r.Window = window
	r.Interrupted = interrupted
	r.Planned = r.Sent
	if t.p.open() {
		r.Planned = max(r.Sent, t.plannedUntil(window))
		r.Offered = float64(t.p.planned) / t.p.Duration.Seconds()
		r.Unsent = r.Planned - r.Sent
		r.Lag = Lag{
			P50: quantile(t.lag, 0.5),
			P99: quantile(t.lag, 0.99),
			Max: time.Duration(t.lag.Max()) * time.Microsecond,
		}
	}
	if window > 0 {
		r.Throughput = float64(r.arrived) / window.Seconds()
	}
	r.Peak10ms = peak(t.sends)
	r.Hangups = t.c.hangups
	r.GeneratorCPU, r.measured, r.CoresBusy = t.cpu.used, t.cpu.span, t.cpu.busy
	r.judge(t.p, fused)
	return r
}

func (t *tally) plannedUntil(window time.Duration) uint64 {
	from, _ := slices.BinarySearch(t.p.offsets, 0)
	to, _ := slices.BinarySearch(t.p.offsets, window)
	return uint64(to - from)
}

// burst is the span over which the peak rate is taken.
const burst = 10 * time.Millisecond

// peak returns the highest rate of sends, per second, within any burst.
func peak(sends []time.Duration) float64 {
	slices.Sort(sends)
	most, first := 0, 0
	for i, at := range sends {
		for at-sends[first] >= burst {
			first++
		}
		most = max(most, i-first+1)
	}
	return float64(most) / burst.Seconds()
}
