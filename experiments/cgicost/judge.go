package cgicost

import (
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
)

const (
	least = 20.0 // CGI over mod_wsgi where nothing is worked
	most  = 1.5  // and where 200 ms are
	tenth = 0.1  // that a process may be of CGI at most
)

func judge(t results.Table) results.Verdict {
	mine := own(t)
	j := experiments.Judge(id, claim, mine)
	cpu := j.Compare(mine, experiments.CPU, append(judged(), again())...)
	idle := cpu.PrimaryRatio(script.working(nothing), served.working(nothing), least)
	busy := cpu.Ratio(script.working(long), served.working(long))
	started := cpu.Ratio(process.working(nothing), script.working(nothing))
	cpu.Twins(served.working(nothing))

	j.Also("×", busy, "CPU of a request that works %d ms, CGI over mod_wsgi; by theory %s", long.Milliseconds(), analysis.Format(theory(mine)(long), "×"))
	tell(j, mine, started)
	outcome := j.All(
		experiments.AtLeast(idle, least, "CGI costs 20 times as much where nothing is worked"),
		experiments.AtMost(busy, most, "it costs less than 1.5 times as much where 200 ms are"),
		experiments.AtMost(started, tenth, "starting a process is less than a tenth"))
	return j.Conclude(outcome, "CPU of a request that does nothing, CGI over mod_wsgi", "×", idle,
		"Through CGI a request that does nothing costs %s the CPU time that it costs under mod_wsgi, and one that works 200 ms %s. Starting a process is %s of the first; the interpreter and its imports are the rest.",
		analysis.FormatInterval(idle, "×"), analysis.FormatInterval(busy, "×"), analysis.FormatInterval(started, "share"))
}

// tell sets beside the verdict what it does not rest on, as far as it was measured.
func tell(j *experiments.Judging, mine results.Table, started results.Interval) {
	between := theory(mine)
	for _, work := range works[1 : len(works)-1] {
		ratios := ratios(mine, script.working(work), served.working(work))
		j.Also("×", j.Beside(ratios), "CPU of a request that works %d ms, CGI over mod_wsgi; by theory %s", work.Milliseconds(), analysis.Format(between(work), "×"))
	}
	j.Also("seconds", j.Beside(even(mine)), "work at which CGI costs twice as much, F + B − 2h")
	j.Also("share", started, "of what CGI costs, a process that does hardly anything (a script of the shell)")
	j.Also("share", j.Beside(ratios(mine, bare.working(nothing), script.working(nothing))), "of what CGI costs, a process with an interpreter that imports nothing")
	for _, w := range append([]way{script, bare, process, served}, beside...) {
		j.Also("seconds", j.Beside(costs(mine, w, nothing)), "CPU of a request that does nothing: %s", w.name)
	}
}

// costs are the CPU times of a request by a way, one a run.
func costs(t results.Table, w way, work time.Duration) []float64 {
	return experiments.Figure(experiments.CPU).Of(w.working(work).Runs(t))
}

// ratios are a's CPU time over b's, one a block.
func ratios(t results.Table, a, b experiments.Trial) (all []float64) {
	over, under := experiments.Paired(t, experiments.CPU, a, b)
	for i := range over {
		all = append(all, over[i]/under[i])
	}
	return all
}

// even is the work at which CGI costs twice what mod_wsgi does, by theory, one a block.
func even(t results.Table) (all []float64) {
	cgi, wsgi := experiments.Paired(t, experiments.CPU, script.working(nothing), served.working(nothing))
	for i := range cgi {
		all = append(all, cgi[i]-2*wsgi[i])
	}
	return all
}

// theory is the formula of the package comment, with F + B and h as measured where nothing is worked. It
// is not a number where they were not.
func theory(t results.Table) func(work time.Duration) float64 {
	starting, answering := experiments.Average(costs(t, script, nothing)), experiments.Average(costs(t, served, nothing))
	return func(work time.Duration) float64 {
		return (starting + work.Seconds()) / (answering + work.Seconds())
	}
}
