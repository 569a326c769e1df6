package cgicost

import (
	"time"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
)

const (
	least   = 20.0 // CGI over mod_wsgi where nothing is worked
	most    = 1.5  // and where 200 ms are
	atStart = 0.1  // of what CGI costs that starting a process may be at most
)

func verdict(j *judge.Judging) results.Verdict {
	cpu := j.Compare(judge.CPU, append(judged(), served.working(nothing).Again())...)
	idle := cpu.PrimaryRatio(script.working(nothing), served.working(nothing), least)
	busy := cpu.Ratio(script.working(long), served.working(long))
	started := cpu.Ratio(process.working(nothing), script.working(nothing))
	cpu.Twins(served.working(nothing))

	j.Also("×", busy, "CPU of a request that works %d ms, CGI over mod_wsgi; by theory %s", long.Milliseconds(), stat.Format(theory(j)(long), "×"))
	tell(j, started)
	outcome := j.All(
		judge.AtLeast(idle, least, "CGI costs {least} times as much where nothing is worked"),
		judge.AtMost(busy, most, "it costs less than {most} times as much where {long} are"),
		judge.AtMost(started, atStart, "starting a process is less than {atStart} %%"))
	return j.Conclude(outcome, "CPU of a request that does nothing, CGI over mod_wsgi", "×", idle,
		"Through CGI a request that does nothing costs %s the CPU time that it costs under mod_wsgi, and one that works {long} %s. Starting a process is %s of the first; the interpreter and its imports are the rest.",
		stat.FormatInterval(idle, "×"), stat.FormatInterval(busy, "×"), stat.FormatInterval(started, "share"))
}

// tell adds the secondary results, as far as they were measured.
func tell(j *judge.Judging, started stat.Interval) {
	between := theory(j)
	for _, work := range works[1 : len(works)-1] {
		ratios := j.Ratios(judge.CPU, script.working(work), served.working(work))
		j.Also("×", j.Beside(ratios), "CPU of a request that works %d ms, CGI over mod_wsgi; by theory %s", work.Milliseconds(), stat.Format(between(work), "×"))
	}
	j.Also("seconds", j.Beside(even(j)), "work at which CGI costs twice as much, F + B − 2h")
	j.Also("share", started, "of what CGI costs, a process that does hardly anything (a script of the shell)")
	j.Also("share", j.Beside(j.Ratios(judge.CPU, bare.working(nothing), script.working(nothing))), "of what CGI costs, a process with an interpreter that imports nothing")
	for _, w := range append([]way{script, bare, process, served}, others...) {
		j.Also("seconds", j.Beside(costs(j, w, nothing)), "CPU of a request that does nothing: %s", w.name)
	}
}

// costs are the CPU times of a request by a way, one a run.
func costs(j *judge.Judging, w way, work time.Duration) []float64 {
	return j.Figures(judge.CPU, w.working(work))
}

// even is the work at which CGI costs twice what mod_wsgi does, by theory, one a block.
func even(j *judge.Judging) (all []float64) {
	cgi, wsgi := j.Paired(judge.CPU, script.working(nothing), served.working(nothing))
	for i := range cgi {
		all = append(all, cgi[i]-2*wsgi[i])
	}
	return all
}

// theory is the formula of the package comment, with F + B and h as measured where nothing is worked. It
// is not a number where they were not.
func theory(j *judge.Judging) func(work time.Duration) float64 {
	starting, answering := stat.Average(costs(j, script, nothing)), stat.Average(costs(j, served, nothing))
	return func(work time.Duration) float64 {
		return (starting + work.Seconds()) / (answering + work.Seconds())
	}
}
