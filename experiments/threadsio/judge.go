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
	speedup = 10.0 // X(many)/X(1) at least
	busy    = 0.85 // X(most)·D at least
)

func verdict(j *judge.Judging) results.Verdict {
	fit := j.CompareValue("throughput", j.Trials()...)
	gain := fit.PrimaryRatio(of(many), of(1), speedup)
	fit.Twins(of(many))
	used := j.Compare(utilisation, j.Trials()...).Mean(of(most))

	j.Also("cores", used, "CPU busy with {most} threads, X·D")
	model := calibrate(j)
	if model.CPU > 0 {
		j.Also("×", stat.Interval{Estimate: model.Throughput(many) / model.Throughput(1)}, "the formula's X({many})/X(1)")
	}
	locks := j.MeanOf(j.Of(of(many), of(many).Again()), "lock_acquisitions_per_request")
	j.Also("", locks, "lock acquisitions a request, {many} threads")

	outcome := j.All(
		judge.AtLeast(gain, speedup, "{many} threads over one"),
		judge.AtLeast(used, busy, "{most} threads keep the CPU busy"))
	return j.Conclude(outcome, "X({many})/X(1)", "×", gain,
		"With the lock, {many} threads serve %s what one does (D %s, I %s). {most} keep %s busy, where there is one.",
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
func calibrate(j *judge.Judging) queueing.Closed {
	measured := j.Over("", j.Trials(sizes), judge.Threads, judge.CPU, judge.Per(1))
	if len(measured.X) == 0 {
		return queueing.Closed{Cores: 1}
	}
	d := measured.Y[len(measured.Y)-1].Estimate
	x := j.EstimateOf(judge.Value("throughput"), of(1), "throughput of one thread")
	if math.IsNaN(d) || math.IsNaN(x) {
		return queueing.Closed{Cores: 1}
	}
	return queueing.Closed{CPU: judge.Seconds(d), Wait: max(0, judge.Seconds(1/x-d)), Cores: 1}
}

func charts(j *judge.Judging) []chart.Chart {
	model := calibrate(j)
	measured := j.Over("gthread with the lock, one worker", j.Trials(sizes), judge.Threads, judge.Value("throughput"), judge.Per(1))
	throughput := chart.Chart{
		ID: "throughput-threads", Title: "Throughput against threads (requests of {work} CPU and {wait} waiting)",
		XLabel: "threads", YLabel: "throughput (requests/s)", Series: []chart.Series{measured},
	}
	if model.CPU > 0 {
		throughput.Series = append(throughput.Series, judge.Theory("closed form X(T)", measured.Name,
			judge.Upto(measured), func(n float64) float64 { return model.Throughput(int(n)) }))
	}
	return judge.Keep(throughput, chart.Chart{
		ID: "latency-threads", Title: "Median latency against threads ({clients} clients)",
		XLabel: "threads", YLabel: "median response time (ms)", LogX: true, LogY: true,
		Series: []chart.Series{j.Over("gthread with the lock, one worker", j.Trials(sizes), judge.Threads, judge.P50, judge.Per(1e-3))},
	})
}
