package workersconcurrency

import (
	"math"
	"slices"
	"time"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/regress"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const (
	speedup = 6.0  // X(8)/X(1) at least
	margin  = 0.10 // of X(W) around the closed form
	extra   = 1.10 // X(4)/X(2) of computing requests at most

	residual = "X(%d), measured over formula"
)

// cell names a number of workers; the twin is the same cell again.
func cell(workers int, twin bool) string {
	return results.Cell{"workers": workers, "twin": twin}.String()
}

func verdict(t results.Table) results.Verdict {
	io, cpu := own(t)
	j := judge.New(id, claim, append(slices.Clone(io), cpu...))

	fit := j.Fit(judge.Samples(io, "throughput", "workers", "twin"))
	gain := fit.Ratio(cell(8, false), cell(1, false))
	fit.Primary(cell(8, false), cell(1, false), speedup)
	if len(io.Where("twin", true)) > 0 {
		fit.Control(cell(4, false), cell(4, true))
	}
	parts := []judge.Part{judge.AtLeast(gain, speedup, "8 waiting workers over 1")}

	model := calibrate(j, io)
	residuals := j.Fit(against(model, io))
	for _, w := range judge.Levels(io, "workers") {
		if n := int(w); n > 1 && n <= 8 {
			r := residuals.Ratio(cell(n, false), formula)
			parts = append(parts, judge.Within(r, 1-margin, 1+margin, residual, n))
			j.Also("×", r, residual, n)
		}
	}

	beyond := j.Fit(judge.Samples(cpu, "throughput", "workers")).Ratio(workers(4), workers(2))
	j.Also("×", beyond, "computing, 2 cores: X(4)/X(2)")

	waits := j.All(parts...)
	computes := j.All(judge.AtLeast(beyond, extra, "computing requests: 4 workers over 2, on two cores"))
	lesson, outcome := text.Message{}, results.Strata(waits, computes)
	if outcome == results.Depends && waits == results.Supported {
		lesson = text.Of(" More workers help up to C/D, not beyond.")
	}
	return j.Conclude(outcome, "waiting: X(8)/X(1)", "×", gain,
		"Waiting requests (D %s, I %s, one core): 8 workers serve %s as many as 1. Computing requests on two cores: 4 workers serve %s as many as 2.%s",
		stat.Format(model.at(1).CPU.Seconds(), "seconds"), stat.Format(model.wait.Seconds(), "seconds"),
		stat.FormatInterval(gain, "×"), stat.FormatInterval(beyond, "×"), lesson)
}

func workers(n int) string { return results.Cell{"workers": n}.String() }

// A model is the closed form with what it is fitted to: the wait of one worker, and the demand of each number
// of workers. A request computes longer where the core sleeps between requests than where it is busy.
type model struct {
	wait    time.Duration
	demands map[int]time.Duration // by workers
}

// at is the closed network of so many workers.
func (m model) at(workers int) queueing.Closed {
	return queueing.Closed{CPU: m.demands[workers], Wait: m.wait, Cores: 1}
}

// throughput is X(W) in requests/s, and false without a run of as many workers.
func (m model) throughput(workers int) (x float64, ok bool) {
	return m.at(workers).Throughput(workers), m.demands[workers] > 0
}

// calibrate takes D from the runs of each number of workers and I from those with one. There are no demands
// without such a run.
func calibrate(j *judge.Judging, io results.Table) model {
	m := model{demands: make(map[int]time.Duration)}
	one := io.Where("workers", 1)
	d := j.Estimate(one, "cpu_per_request", "CPU per request with one worker")
	x := j.Estimate(one, "throughput", "throughput of one worker")
	if math.IsNaN(d) || math.IsNaN(x) {
		return m
	}
	m.wait = max(0, judge.Seconds(1/x-d))
	for _, w := range judge.Levels(io, "workers") {
		m.demands[int(w)] = judge.Seconds(stat.Average(io.Where("workers", w).Valid().Values("cpu_per_request")))
	}
	return m
}

// formula names the cell that the closed form takes in the fit of the residuals.
const formula = "closed form"

// against pairs each run's throughput over the closed form with the block's own one-worker run over
// the same form, so that a block's luck, which both share, leaves the ratio.
func against(m model, io results.Table) []regress.Sample {
	samples := judge.Derived(io.Where("twin", false), func(r *results.Record) (float64, bool) {
		w, _ := r.Cell.Number("workers")
		x, measured := r.Value("throughput")
		formula, known := m.throughput(int(w))
		return x / formula, measured && known
	}, "workers", "twin")
	for i := range samples {
		if samples[i].Cell == cell(1, false) {
			samples[i].Cell = formula
		}
	}
	return samples
}

func charts(t results.Table) []chart.Chart {
	io, cpu := own(t)
	io = io.Where("twin", false)
	model := calibrate(judge.New(id, claim, io), io)
	measured := judge.Curve("requests that wait (1 ms + 20 ms), 1 core", io, "workers", "throughput", judge.Per(1))
	computed := judge.Curve("requests that compute (5 ms), 2 cores", cpu, "workers", "throughput", judge.Per(1))
	throughput := chart.Chart{
		ID: "throughput-workers", Title: "Throughput against workers (sync)",
		XLabel: "workers", YLabel: "throughput (requests/s)",
		Series: []chart.Series{measured, computed},
	}
	throughput.Series = append(throughput.Series, judge.Theory("closed form X(W)", measured.Name, measured.X, func(w float64) float64 {
		if x, ok := model.throughput(int(w)); ok {
			return x
		}
		return math.NaN()
	}))
	latency := chart.Chart{
		ID: "latency-workers", Title: "Median latency against workers (sync, 64 clients)",
		XLabel: "workers", YLabel: "median response time (ms)", LogX: true, LogY: true,
		Series: []chart.Series{judge.Median("requests that wait (1 ms + 20 ms), 1 core", io, "workers")},
	}
	return judge.Keep(throughput, latency)
}
