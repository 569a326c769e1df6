package capacity

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/workerlab/workerlab/loadgen"
)

func newLevel(block, clients int, r *loadgen.Report) Level {
	l := Level{
		Block: block, Clients: clients, Throughput: r.Throughput, Failed: r.Failed,
		Generator: r.Bottleneck == loadgen.BottleneckGenerator,
	}
	if r.Completed > 0 {
		l.Median = float64(r.Response.ValueAtQuantile(50)) / 1e6
	}
	return l
}

// A tally is what several probes at one rate say together.
type tally struct {
	rate                   float64
	met, missed, generator int
}

func (t tally) all() int       { return t.met + t.missed + t.generator }
func (t tally) passes() bool   { return 2*t.met > t.all() }
func (t tally) fails() bool    { return 2*t.missed > t.all() }
func (t tally) agrees() bool   { return t.met == t.all() || t.met == 0 }
func (t tally) ofServer() bool { return t.missed >= t.generator }

// talliesOf are the rates probed, ascending.
func talliesOf(probes []Probe) []tally {
	var all []tally
	for _, p := range probes {
		i := slices.IndexFunc(all, func(t tally) bool { return t.rate == p.Rate })
		if i < 0 {
			i, all = len(all), append(all, tally{rate: p.Rate})
		}
		switch p.Outcome {
		case Met:
			all[i].met++
		case Missed:
			all[i].missed++
		case GeneratorBound:
			all[i].generator++
		}
	}
	slices.SortFunc(all, func(a, b tally) int { return cmp.Compare(a.rate, b.rate) })
	return all
}

// conclude reads the result off the probes, those of all phases alike.
func (h *hunt) conclude() {
	r := &h.result
	all := talliesOf(r.Probes)
	edge := slices.IndexFunc(all, func(t tally) bool { return !t.passes() })
	if edge < 0 {
		edge = len(all)
	}
	r.Limit = h.limit(all, edge)
	if edge > 0 {
		r.Found = all[edge-1].rate
		r.Capacity = r.Found
	}
	r.bound(all, edge)
	if r.Limit != LimitServer {
		r.High = 0
	} else if c, ok := h.crossing(); ok && (r.High == 0 || c.Low <= r.High) {
		r.Capacity, r.Low, r.High, r.Method = c.Estimate, c.Low, c.High, ByFit
	}
	h.judgeConfirmation()
	h.noteUnsteady(all)
	h.noteProbes()
}

// judgeConfirmation compares what the confirming probes, and they alone, say with what the search had
// found: its own probes were chosen because they passed.
func (h *hunt) judgeConfirmation() {
	if h.confirming < len(around)*probes {
		return
	}
	all := talliesOf(slices.DeleteFunc(slices.Clone(h.result.Probes), func(p Probe) bool { return p.Phase != Confirm }))
	if len(all) != len(around) {
		return // not reached: all were probed
	}
	below, at, above := all[0], all[1], all[2]
	h.result.Confirmed = below.passes() && at.passes() && above.fails()
	switch {
	case h.result.Confirmed:
	case !below.passes() || !at.passes():
		h.note("not confirmed: the search had passed %.4g/s, but repeated probes at or below it did not meet the SLO", h.low)
	case !above.passes():
		h.note("not confirmed: at %.4g/s the generator was the limit too often to say what the server does there", above.rate)
	case h.high <= around[2]*h.low:
		h.note("not confirmed: repeated probes at %.4g/s met the SLO, although the search had missed it at %.4g/s", above.rate, h.high)
	}
}

// noteUnsteady says where probes of one rate contradict each other far from the capacity: a steady
// server does not do that.
func (h *hunt) noteUnsteady(all []tally) {
	r := &h.result
	var rates []string
	for _, t := range all {
		if !t.agrees() && (t.rate < r.Low || r.High > 0 && t.rate > r.High) {
			rates = append(rates, fmt.Sprintf("%.4g", t.rate))
		}
	}
	if len(rates) > 0 {
		h.note("unsteady: probes contradict each other even outside the interval, at %s/s: the server or the host was not the same all the time", strings.Join(rates, ", "))
	}
}

func (h *hunt) limit(all []tally, edge int) Limit {
	switch {
	case edge < len(all) && !all[edge].ofServer():
		return LimitGenerator
	case edge == 0:
		return LimitNone
	case edge < len(all):
		return LimitServer
	case all[edge-1].rate*growth > maxRate:
		return LimitRate
	}
	return LimitTime
}

// bound finds the nearest rates on either side of the edge at which all probes agree, the upper one
// beyond every rate that still met the SLO: 0 where there is none.
func (r *Result) bound(all []tally, edge int) {
	for _, t := range all[:edge] {
		if t.agrees() {
			r.Low = t.rate
		}
	}
	r.Method = ByAgreement
	for _, t := range slices.Backward(all[edge:]) {
		if t.passes() {
			break
		}
		if t.agrees() {
			r.High = t.rate
		}
	}
}

// noteProbes says what was unusual about the probes and the sweep.
func (h *hunt) noteProbes() {
	short := false
	for _, p := range h.result.Probes {
		short = short || float64(p.Planned)*h.SLO.finest() < 1
	}
	if short {
		h.note("some probes held so few requests that a single slow one broke the SLO: a longer --window would tell more")
	}
	if slices.ContainsFunc(h.result.Levels, func(l Level) bool { return l.Generator }) {
		h.note("in the closed sweep the generator used up its CPU: the server may be faster than the sweep shows")
	}
}

func (h *hunt) note(format string, args ...any) {
	h.result.Notes = append(h.result.Notes, fmt.Sprintf(format, args...))
}

// tell fills in what is common to all progress.
func (h *hunt) tell(p Progress) {
	if h.Observe == nil {
		return
	}
	p.Runs = len(h.result.Levels) + len(h.result.Probes)
	p.Low, p.High = h.low, h.high
	p.Left = min(max(0, h.left()), h.rest(p))
	h.Observe(p)
}

// rest estimates what remains: of the search it takes two and a half probes a rate.
func (h *hunt) rest(p Progress) time.Duration {
	const warmUp = 1.3 // and the rest of a run's overhead
	var rest time.Duration
	rate := h.low
	if rate == 0 {
		rate = h.peak()
	}
	switch p.Phase {
	case Sweep:
		runs := h.Blocks*len(h.Clients) - len(h.result.Levels)
		rest = time.Duration(warmUp*float64(runs)*float64(h.SweepWindow)) + 25*h.cost(rate) // as many probes as a search has in most cases
	case Hunt:
		rates := 3 + math.Log2(math.Log(growth)/math.Log(resolution))
		if h.low > 0 && h.high > 0 {
			rates = math.Log2(math.Log(h.high/h.low) / math.Log(resolution))
		}
		rest = time.Duration((2.5*max(rates, 1) + float64(len(around)*probes)) * float64(h.cost(rate)))
	case Confirm:
		rest = time.Duration(len(around)*probes-h.confirming) * h.cost(rate)
	}
	return rest
}
