package threadsio

import (
	"math"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

const (
	speedup = 10.0 // X(16)/X(1) at least
	busy    = 0.85 // X(32)·D at least
)

func cell(threads int, twin bool) string {
	return results.Cell{"threads": threads, "twin": twin}.String()
}

func verdict(t results.Table) results.Verdict {
	mine := t.Match(own())
	j := judge.New(id, claim, mine)
	fit := j.Fit(judge.Samples(mine, "throughput", "threads", "twin"))
	gain := fit.Ratio(cell(16, false), cell(1, false))
	fit.Primary(cell(16, false), cell(1, false), speedup)
	if len(mine.Where("twin", true)) > 0 {
		fit.Control(cell(16, false), cell(16, true))
	}
	used := j.Fit(judge.Derived(mine, utilisation, "threads", "twin")).Mean(cell(32, false))

	j.Also("cores", used, "CPU busy with 32 threads, X·D")
	model := calibrate(j, mine)
	if model.CPU > 0 {
		j.Also("×", stat.Interval{Estimate: model.Throughput(16) / model.Throughput(1)}, "the formula's X(16)/X(1)")
	}
	locks := j.MeanOf(mine.Where("threads", 16), "lock_acquisitions_per_request")
	j.Also("", locks, "lock acquisitions a request, 16 threads")

	outcome := j.All(
		judge.AtLeast(gain, speedup, "16 threads over 1"),
		judge.AtLeast(used, busy, "32 threads keep the CPU busy"))
	return j.Conclude(outcome, "X(16)/X(1)", "×", gain,
		"With the lock, 16 threads serve %s what 1 does (D %s, I %s). 32 keep %s busy, where there is one.",
		stat.FormatInterval(gain, "×"), stat.Format(model.CPU.Seconds(), "seconds"),
		stat.Format(model.Wait.Seconds(), "seconds"), stat.FormatInterval(used, "cores"))
}

// utilisation is X·D, both of the same run: the mean number of busy cores. X is of the window and D of
// the whole run, so that it may come out a little above the one core that there is; it is told so.
func utilisation(r *results.Record) (float64, bool) {
	x, okX := r.Value("throughput")
	d, okD := r.Value("cpu_per_request")
	return queueing.Utilization(x, judge.Seconds(d)), okX && okD
}

// calibrate takes D from the runs with most threads, where it is the limit (a thread pool that is
// mostly idle burns some CPU looking for work), and I from the rest of one thread's cycle. D is 0
// without such runs.
func calibrate(j *judge.Judging, t results.Table) queueing.Closed {
	levels := judge.Levels(t.Valid(), "threads")
	if len(levels) == 0 {
		return queueing.Closed{Cores: 1}
	}
	d := j.Estimate(t.Where("threads", levels[len(levels)-1]), "cpu_per_request", "CPU per request with most threads")
	x := j.Estimate(t.Where("threads", 1), "throughput", "throughput of one thread")
	if math.IsNaN(d) || math.IsNaN(x) {
		return queueing.Closed{Cores: 1}
	}
	return queueing.Closed{CPU: judge.Seconds(d), Wait: max(0, judge.Seconds(1/x-d)), Cores: 1}
}

func charts(t results.Table) []chart.Chart {
	mine := t.Match(own()).Where("twin", false)
	model := calibrate(judge.New(id, claim, mine), mine)
	measured := judge.Curve("gthread with the lock, 1 worker", mine, "threads", "throughput", judge.Per(1))
	throughput := chart.Chart{
		ID: "throughput-threads", Title: "Throughput against threads (requests of 1 ms CPU and 20 ms waiting)",
		XLabel: "threads", YLabel: "throughput (requests/s)", Series: []chart.Series{measured},
	}
	if model.CPU > 0 {
		throughput.Series = append(throughput.Series, judge.Theory("closed form X(T)", measured.Name,
			judge.Upto(measured), func(n float64) float64 { return model.Throughput(int(n)) }))
	}
	latency := chart.Chart{
		ID: "latency-threads", Title: "Median latency against threads (64 clients)",
		XLabel: "threads", YLabel: "median response time (ms)", LogX: true, LogY: true,
		Series: []chart.Series{judge.Median("gthread with the lock, 1 worker", mine, "threads")},
	}
	return judge.Keep(throughput, latency)
}
