package gatewaychain

import (
	"slices"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
)

const (
	delay = 1e-3   // seconds that nginx adds to the median of a request that does nothing, at most
	work  = 200e-6 // seconds of CPU time that it adds, at most
	share = 1.05   // with nginx over without, of a request that computes 5 ms, at most

	doingNothing = "requests that do nothing"
	computing    = "requests that compute 5 ms"
)

func judge(t results.Table) results.Verdict {
	mine := own(t)
	j := experiments.Judge(id, claim, mine)
	idle, busy := request{nothing, one}, request{computes, one}

	// What does nothing and what computes are compared apart: a response of a fraction of a millisecond
	// scatters by a larger share than one of five, and would lend it its scatter.
	empty := j.Compare(mine, experiments.P50, append(gunicorn.both(idle), again())...)
	later := empty.PrimaryAdded(gunicorn.behind(idle), gunicorn.direct(idle), delay)
	empty.Twins(gunicorn.direct(idle))
	costs := j.Compare(mine, experiments.CPU, gunicorn.both(idle)...).Added(gunicorn.behind(idle), gunicorn.direct(idle))
	longer := slices.Concat(gunicorn.both(busy), gunicorn.both(request{computes, eight}))
	median := j.Compare(mine, experiments.P50, longer...).Ratio(gunicorn.behind(busy), gunicorn.direct(busy))
	cpu := j.Compare(mine, experiments.CPU, longer...).Ratio(gunicorn.behind(busy), gunicorn.direct(busy))

	j.Also("seconds", costs, "added to the CPU time of a request that does nothing")
	j.Also("×", median, "median response to a request that computes 5 ms, with nginx over without; by theory %s", analysis.Format(theory(mine, experiments.P50)(computes), "×"))
	j.Also("×", cpu, "CPU of a request that computes 5 ms, with nginx over without; by theory %s", analysis.Format(theory(mine, experiments.CPU)(computes), "×"))
	tell(j, mine)
	outcome := j.All(
		experiments.AtMost(later, delay, "nginx adds less than 1 ms to the median of a request that does nothing"),
		experiments.AtMost(costs, work, "it adds less than 200 µs of CPU"),
		experiments.AtMost(median, share, "it adds less than 5 %% to the median of one that computes 5 ms"),
		experiments.AtMost(cpu, share, "it adds less than 5 %% of CPU"))
	return j.Conclude(outcome, "added by nginx to gunicorn's median response to a request that does nothing", "seconds", later,
		"nginx in front of gunicorn adds %s to the median response to a request that does nothing, and %s of CPU; of one that computes 5 ms the median is %s what it was, and the CPU %s.",
		analysis.FormatInterval(later, "seconds"), analysis.FormatInterval(costs, "seconds"),
		analysis.FormatInterval(median, "×"), analysis.FormatInterval(cpu, "×"))
}

// tell sets beside the verdict what it does not rest on, as far as it was measured.
func tell(j *experiments.Judging, mine results.Table) {
	j.Also("×", j.Beside(each(mine, served, gunicorn, request{nothing, eight}, over)), "throughput, %s, 8 clients: with nginx over without", doingNothing)
	j.Also("×", j.Beside(each(mine, served, gunicorn, request{computes, eight}, over)), "throughput, %s, 8 clients: with nginx over without", computing)
	for _, c := range others {
		r := request{nothing, one}
		if c.nginx == "" {
			j.Also("seconds", j.Beside(experiments.Figure(experiments.P50).Of(c.direct(r).Runs(mine))), "%s: median response to a request that does nothing", c.name)
			j.Also("seconds", j.Beside(experiments.Figure(experiments.CPU).Of(c.direct(r).Runs(mine))), "%s: CPU of a request that does nothing", c.name)
			continue
		}
		j.Also("seconds", j.Beside(each(mine, experiments.P50, c, r, less)), "%s: added by nginx to the median of a request that does nothing", c.name)
		j.Also("seconds", j.Beside(each(mine, experiments.CPU, c, r, less)), "%s: added by nginx to its CPU", c.name)
	}
}

func served(r *results.Record) (float64, bool) { return r.Value("throughput") }

func over(with, without float64) float64 { return with / without }
func less(with, without float64) float64 { return with - without }

// each compares a chain with its server alone, one value a block.
func each(t results.Table, figure experiments.Figure, c chain, r request, compare func(with, without float64) float64) (all []float64) {
	with, without := experiments.Paired(t, figure, c.behind(r), c.direct(r))
	for i := range with {
		all = append(all, compare(with[i], without[i]))
	}
	return all
}

// theory is 1 + g/(h + D) of the package comment: of gunicorn's median response or of its CPU time, with g
// and h as measured where nothing is computed. It is not a number where they were not.
func theory(t results.Table, figure experiments.Figure) func(work time.Duration) float64 {
	r := request{nothing, one}
	added := experiments.Average(each(t, figure, gunicorn, r, less))
	alone := experiments.Average(figure.Of(gunicorn.direct(r).Runs(t)))
	return func(work time.Duration) float64 { return 1 + added/(alone+work.Seconds()) }
}
