package keepalive

import (
	"math"
	"slices"
	"time"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

// A route is a server, and how far from it its clients are.
type route struct {
	server spec.Server
	rtt    time.Duration
}

// routes are those over which the saved round trip is timed. The outcome does not rest on them, so the
// quick profile does without.
var routes = []route{
	{gthread, 5 * time.Millisecond},
	{gthread, 20 * time.Millisecond},
	{gevent, 5 * time.Millisecond},
	{gevent, 20 * time.Millisecond},
}

func (r route) trials(p trial.Profile) (all []trial.Trial) {
	for _, keep := range []time.Duration{spec.Never, on} {
		t := busy(r.server, keep, p)
		t.Load.RTT, t.Window = r.rtt, second // 200 answers at least
		all = append(all, t)
	}
	return all
}

func (r route) cell(keep time.Duration) results.Cell {
	cell := saturated(r.server, keep)
	cell["rtt_seconds"] = r.rtt.Seconds()
	return cell
}

// tell sets the response time that is left by keep-alive beside theory: no part of the outcome.
func (r route) tell(j *judge.Judging, t results.Table) {
	if theory := r.theory(t); !math.IsNaN(theory) {
		j.Also("×", j.Beside(r.ratios(t)),
			"%s, round trip of %d ms: median response with keep-alive over without; (RTT + S)/(2·RTT + S′) = %.3f",
			r.server.Class, r.rtt.Milliseconds(), theory)
	}
}

// theory is the ratio by the package comment's formula.
func (r route) theory(t results.Table) float64 {
	with, without := t.Match(saturated(r.server, on)), t.Match(saturated(r.server, spec.Never))
	return (r.rtt.Seconds() + service(with)) / (2*r.rtt.Seconds() + service(without))
}

// service is the server's part of an answer: the CPU time of a request, measured without a distance.
func service(t results.Table) float64 {
	return stat.Average(local(t).Valid().Values("cpu_per_request"))
}

// local are the runs without a distance. Older records have no axis for it.
func local(t results.Table) results.Table {
	return slices.DeleteFunc(slices.Clone(t), func(r results.Record) bool {
		rtt, _ := r.Cell.Number("rtt_seconds")
		return rtt > 0
	})
}

// ratios are the median response times with keep-alive over without, one a block.
func (r route) ratios(t results.Table) (ratios []float64) {
	without := make(map[int]float64)
	for _, run := range t.Match(r.cell(spec.Never)).Valid() {
		without[run.Repetition], _ = judge.P50(&run)
	}
	for _, run := range t.Match(r.cell(on)).Valid() {
		if with, ok := judge.P50(&run); ok && without[run.Repetition] > 0 {
			ratios = append(ratios, with/without[run.Repetition])
		}
	}
	return ratios
}

// distance is the response time against the round trip; nothing where no run had one.
func distance(t results.Table) []chart.Chart {
	runs := t.Where("think_seconds", 0).Valid()
	if len(runs) == len(local(runs)) {
		return nil
	}
	return []chart.Chart{{
		ID: "keep-alive-distance", Title: "Response time over an emulated distance, with keep-alive and without (8 clients)",
		XLabel: "round-trip time (ms)", YLabel: "median response time (ms)",
		Panels: judge.Keep(over(gthread, runs), over(gevent, runs)),
	}}
}

// over is the panel of one server.
func over(s spec.Server, t results.Table) chart.Chart {
	const kept, fresh = "keep-alive of 2 s", "a connection per request"
	with, without := t.Match(saturated(s, on)), t.Match(saturated(s, spec.Never))
	once, twice := inMillis(judge.Median(kept, with, "rtt_seconds")), inMillis(judge.Median(fresh, without, "rtt_seconds"))
	return chart.Chart{
		ID: s.Class, Title: s.Shape(), XLabel: "round-trip time (ms)", YLabel: "median response time (ms)", FromTo: [2]float64{0, 45},
		Series: []chart.Series{
			twice, judge.Theory("theory, 2·RTT + S′", fresh, fromZero(twice), answer(2, service(without))),
			once, judge.Theory("theory, RTT + S", kept, fromZero(once), answer(1, service(with))),
		},
	}
}

func inMillis(s chart.Series) chart.Series {
	for i := range s.X {
		s.X[i] *= 1e3
	}
	return s
}

func fromZero(s chart.Series) []float64 { return append([]float64{0}, judge.Upto(s)...) }

// answer is the response time in milliseconds against the round trip, of which a request takes so many.
// Where the distance is so short that the server is never idle, its clients wait for each other.
func answer(trips, service float64) func(float64) float64 {
	return func(rtt float64) float64 { return max(trips*rtt+1e3*service, 1e3*clients*service) }
}
