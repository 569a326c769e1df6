package gatewaychain

import (
	"slices"
	"time"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
)

const (
	delay = 1e-3   // seconds that nginx adds to the median of a request that does nothing, at most
	work  = 200e-6 // seconds of CPU time that it adds, at most
	share = 1.05   // with nginx over without, of a request that computes 5 ms, at most

	doingNothing = "requests that do nothing"
	computing    = "requests that compute {computes}"
)

func verdict(j *judge.Judging) results.Verdict {
	idle, busy := request{nothing, one}, request{computes, one}

	// What does nothing and what computes are compared apart: a response of a fraction of a millisecond
	// scatters by a larger share than one of five, and would lend it its scatter.
	empty := j.Compare(judge.P50, append(gunicorn.both(idle), gunicorn.direct(idle).Again())...)
	later := empty.PrimaryAdded(gunicorn.behind(idle), gunicorn.direct(idle), delay)
	empty.Twins(gunicorn.direct(idle))
	costs := j.Compare(judge.CPU, gunicorn.both(idle)...).Added(gunicorn.behind(idle), gunicorn.direct(idle))
	longer := slices.Concat(gunicorn.both(busy), gunicorn.both(request{computes, eight}))
	median := j.Compare(judge.P50, longer...).Ratio(gunicorn.behind(busy), gunicorn.direct(busy))
	cpu := j.Compare(judge.CPU, longer...).Ratio(gunicorn.behind(busy), gunicorn.direct(busy))

	j.Also("seconds", costs, "added to the CPU time of a request that does nothing")
	j.Also("×", median, "median response to a request that computes {computes}, with nginx over without; by theory %s", stat.Format(theory(j, judge.P50)(computes), "×"))
	j.Also("×", cpu, "CPU of a request that computes {computes}, with nginx over without; by theory %s", stat.Format(theory(j, judge.CPU)(computes), "×"))
	tell(j)
	outcome := j.All(
		judge.AtMost(later, delay, "nginx adds less than {delay} to the median of a request that does nothing"),
		judge.AtMost(costs, work, "it adds less than {cpu} of CPU"),
		judge.AtMost(median, share, "it adds less than {share} %% to the median of one that computes {computes}"),
		judge.AtMost(cpu, share, "it adds less than {share} %% of CPU"))
	return j.Conclude(outcome, "added by nginx to gunicorn's median response to a request that does nothing", "seconds", later,
		"nginx in front of gunicorn adds %s to the median response to a request that does nothing, and %s of CPU; of one that computes {computes} the median is %s what it was, and the CPU %s.",
		stat.FormatInterval(later, "seconds"), stat.FormatInterval(costs, "seconds"),
		stat.FormatInterval(median, "×"), stat.FormatInterval(cpu, "×"))
}

// tell adds the secondary results, as far as they were measured.
func tell(j *judge.Judging) {
	j.Also("×", j.Beside(j.Ratios(served, gunicorn.behind(request{nothing, eight}), gunicorn.direct(request{nothing, eight}))), "throughput, %s, {eight} clients: with nginx over without", doingNothing)
	j.Also("×", j.Beside(j.Ratios(served, gunicorn.behind(request{computes, eight}), gunicorn.direct(request{computes, eight}))), "throughput, %s, {eight} clients: with nginx over without", computing)
	for _, c := range others {
		r := request{nothing, one}
		if c.nginx == "" {
			j.Also("seconds", j.Beside(j.Figures(judge.P50, c.direct(r))), "%s: median response to a request that does nothing", c.name)
			j.Also("seconds", j.Beside(j.Figures(judge.CPU, c.direct(r))), "%s: CPU of a request that does nothing", c.name)
			continue
		}
		j.Also("seconds", j.Beside(added(j, judge.P50, c, r)), "%s: added by nginx to the median of a request that does nothing", c.name)
		j.Also("seconds", j.Beside(added(j, judge.CPU, c, r)), "%s: added by nginx to its CPU", c.name)
	}
}

func served(r *results.Record) (float64, bool) { return r.Value("throughput") }

// added is what nginx adds to a figure of a chain's server, one value a block.
func added(j *judge.Judging, figure judge.Figure, c chain, r request) (all []float64) {
	with, without := j.Paired(figure, c.behind(r), c.direct(r))
	for i := range with {
		all = append(all, with[i]-without[i])
	}
	return all
}

// theory is 1 + g/(h + D) of the package comment: of gunicorn's median response or of its CPU time, with g
// and h as measured where nothing is computed. It is not a number where they were not.
func theory(j *judge.Judging, figure judge.Figure) func(work time.Duration) float64 {
	r := request{nothing, one}
	gained := stat.Average(added(j, figure, gunicorn, r))
	alone := stat.Average(j.Figures(figure, gunicorn.direct(r)))
	return func(work time.Duration) float64 { return 1 + gained/(alone+work.Seconds()) }
}
