package workersconcurrency

import (
	"math"
	"time"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/regress"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const (
	speedup = 6.0  // X(many)/X(1) at least
	margin  = 0.10 // of X(W) around the closed form
	extra   = 1.10 // X(beyond)/X(cores) of computing requests at least

	residual = "X(%d), measured over formula"
)

func verdict(j *judge.Judging) results.Verdict {
	fit := j.CompareValue("throughput", append(j.Trials(waits), waiting(4).Again())...)
	gain := fit.PrimaryRatio(waiting(many), waiting(1), speedup)
	fit.Twins(waiting(4))
	parts := []judge.Part{judge.AtLeast(gain, speedup, "{many} waiting workers over one")}

	model := calibrate(j)
	residuals := j.Fit(against(model, j))
	for _, t := range j.Trials(waits) {
		if n := t.Server.Workers; n > 1 && n <= many {
			r := residuals.Ratio(t.Server.Shape(), formula)
			parts = append(parts, judge.Within(r, 1-margin, 1+margin, residual, n))
			j.Also("×", r, residual, n)
		}
	}
	more := j.CompareValue("throughput", j.Trials(func(t trial.Trial) bool { return t.Load.Do == trial.ComputingDo })...).Ratio(computing(beyond), computing(cores))
	j.Also("×", more, "computing, two cores: X({beyond})/X({cores})")

	first := j.All(parts...)
	second := j.All(judge.AtLeast(more, extra, "computing requests: {beyond} workers over {cores}, on two cores"))
	lesson, outcome := text.Message{}, results.Strata(first, second)
	if outcome == results.Depends && first == results.Supported {
		lesson = text.Of(" More workers help up to C/D, not beyond.")
	}
	return j.Conclude(outcome, "waiting: X({many})/X(1)", "×", gain,
		"Waiting requests (D %s, I %s, one core): {many} workers serve %s as many as one. Computing requests on two cores: {beyond} workers serve %s as many as {cores}.%s",
		stat.Format(model.at(1).CPU.Seconds(), "seconds"), stat.Format(model.wait.Seconds(), "seconds"),
		stat.FormatInterval(gain, "×"), stat.FormatInterval(more, "×"), lesson)
}

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
func calibrate(j *judge.Judging) model {
	m := model{demands: make(map[int]time.Duration)}
	d := j.EstimateOf(judge.CPU, waiting(1), "CPU per request with one worker")
	x := j.EstimateOf(judge.Value("throughput"), waiting(1), "throughput of one worker")
	if math.IsNaN(d) || math.IsNaN(x) {
		return m
	}
	m.wait = max(0, judge.Seconds(1/x-d))
	for _, t := range j.Trials(waits) {
		m.demands[t.Server.Workers] = judge.Seconds(stat.Average(j.Figures(judge.CPU, t, t.Again())))
	}
	return m
}

// formula names the cell that the closed form takes in the fit of the residuals.
const formula = "closed form"

// against pairs each run's throughput over the closed form with the block's own one-worker run over
// the same form, so that a block's luck, which both share, leaves the ratio.
func against(m model, j *judge.Judging) (samples []regress.Sample) {
	for _, t := range j.Trials(waits) {
		predicted, known := m.throughput(t.Server.Workers)
		cell := t.Server.Shape()
		if t.Server.Workers == 1 {
			cell = formula
		}
		for _, r := range j.Of(t).Valid() {
			if x, ok := r.Value("throughput"); ok && known {
				samples = append(samples, regress.Sample{Block: r.Repetition, Cell: cell, Value: x / predicted})
			}
		}
	}
	return samples
}

func charts(j *judge.Judging) []chart.Chart {
	model := calibrate(j)
	const waiting = "requests that wait ({work} + {wait}), one core"
	measured := j.Over(waiting, j.Trials(waits), judge.Workers, judge.Value("throughput"), judge.Per(1))
	computed := j.Over("requests that compute ({computes}), two cores", j.Trials(func(t trial.Trial) bool { return t.Load.Do == trial.ComputingDo }),
		judge.Workers, judge.Value("throughput"), judge.Per(1))
	theory := judge.Theory("closed form X(W)", measured.Name, measured.X, func(w float64) float64 {
		if x, ok := model.throughput(int(w)); ok {
			return x
		}
		return math.NaN()
	})
	return judge.Keep(
		chart.Chart{
			ID: "throughput-workers", Title: "Throughput against workers (sync)",
			XLabel: "workers", YLabel: "throughput (requests/s)", Series: []chart.Series{measured, computed, theory},
		},
		chart.Chart{
			ID: "latency-workers", Title: "Median latency against workers (sync, {clients} clients)",
			XLabel: "workers", YLabel: "median response time (ms)", LogX: true, LogY: true,
			Series: []chart.Series{j.Over(waiting, j.Trials(waits), judge.Workers, judge.P50, judge.Per(1e-3))},
		})
}
