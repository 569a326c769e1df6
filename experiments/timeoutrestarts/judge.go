package timeoutrestarts

import (
	"slices"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const (
	mostLost = 0.01 // of the bystanders' requests, the whole interval below it
	least    = 2    // runs of a group that a conclusion needs: one may be an accident
)

func verdict(t results.Table) results.Verdict {
	mine := own(t)
	j := judge.New(id, claim, mine)
	sum := count(mine, claimed())
	inside := j.Known(stat.Binomial(sum.killed+sum.spared, sum.condemned+sum.others, j.Confidence))
	lost := j.Known(stat.Binomial(sum.lost, sum.bystanders, j.Confidence))
	for _, g := range claimed() {
		tell(j, g, mine)
	}
	j.Also("share", lost, "requests of bystanders lost")
	tellShifted(j, mine)
	return j.Conclude(sum.outcome(j, lost, mine), "lone requests that ended as the theory says", "share", inside,
		"Of %d lone requests that silence their worker %d had it killed in its window and were never answered; of %d that do not, %d were answered and cost no worker its life. Of %d requests of bystanders %d failed.%s",
		sum.condemned, sum.killed, sum.others, sum.spared, sum.bystanders, sum.lost, sum.exceptions())
}

// tell adds when the group's workers died, or when its requests were answered. Neither has an interval:
// where a kill falls in its window is the drawn phase of the beats, not noise.
func tell(j *judge.Judging, g group, mine results.Table) {
	value, name := "fate_seconds", "answered after (%s)"
	if g.killed() {
		value, name = "first_exit_seconds", "worker killed after (%s)"
	}
	mean := j.Beside(g.of(mine).Valid().Values(value)).Estimate
	j.Also("seconds", stat.Interval{Estimate: mean, Low: mean, High: mean}, name, g.name())
}

// tellShifted adds what became of the requests under other timeouts, which the claim does not speak of.
func tellShifted(j *judge.Judging, mine results.Table) {
	for _, g := range shifted() {
		tell(j, g, mine)
	}
	sum := count(mine, shifted())
	if runs := sum.condemned + sum.others; runs > 0 {
		j.Also("share", j.Known(stat.Binomial(sum.killed+sum.spared, runs, j.Confidence)),
			"with timeouts of 1 and 5 s: lone requests that ended as the theory says")
	}
}

// A tally counts runs, and the requests of bystanders.
type tally struct {
	condemned, killed int // runs whose worker theory has killed; of them, those that went so
	others, spared    int // the rest; of them, those that went as theory says
	outside           []group
	bystanders, lost  int
}

// count counts the runs of some groups.
func count(t results.Table, of []group) (sum tally) {
	valid := t.Valid()
	for i := range valid {
		r := &valid[i]
		g := groupOf(r.Cell)
		if !slices.Contains(of, g) {
			continue
		}
		runs, held := &sum.others, &sum.spared
		if g.killed() {
			runs, held = &sum.condemned, &sum.killed
		}
		*runs++
		if g.holds(r) {
			*held++
		} else {
			sum.outside = append(sum.outside, g)
		}
		completed, _ := r.Value("hog_completed")
		failed, _ := r.Value("hog_failed")
		sum.bystanders += int(completed + failed)
		sum.lost += int(failed)
	}
	return sum
}

// outcome needs every group, no class with exceptions, and bystanders that lose nothing.
func (t tally) outcome(j *judge.Judging, lost stat.Interval, mine results.Table) results.Outcome {
	outcomes := []results.Outcome{j.All(judge.AtMost(lost, mostLost, "bystanders lose nothing"))}
	for _, s := range trial.LoneClasses() {
		outcomes = append(outcomes, judge.Exceptions(t.exceptionsOf(s.Class)))
	}
	for _, g := range claimed() {
		if experiments.Lacks(mine, results.Cell{"class": g.class}) {
			continue
		}
		if len(g.of(mine).Valid()) < least {
			j.Known(stat.Interval{}, text.Errorf("%s: fewer than %d valid runs", g.name(), least))
			outcomes = append(outcomes, results.Inconclusive)
		}
	}
	return results.All(outcomes...)
}

// exceptionsOf is how many runs of a class went otherwise.
func (t tally) exceptionsOf(class string) (n int) {
	for _, g := range t.outside {
		if g.class == class {
			n++
		}
	}
	return n
}

// exceptions names the runs that went otherwise.
func (t tally) exceptions() text.Message {
	if len(t.outside) == 0 {
		return text.Message{}
	}
	var names []text.Message
	for i, g := range t.outside {
		if !slices.Contains(t.outside[:i], g) {
			names = append(names, g.name())
		}
	}
	return text.Of(" It went otherwise under %s (once settles nothing, twice under a class refutes).", text.Join("; ", names...))
}

func charts(t results.Table) []chart.Chart {
	mine := own(t)
	waits, computes := panel("wait", mine), panel("cpu", mine)
	waits.Title, computes.Title = "a request that waits", "a request that computes"
	panels := judge.Keep(waits, computes)
	if len(panels) == 0 {
		return nil
	}
	return []chart.Chart{{
		ID: "killed-by-timeout", Title: "What becomes of a request of 6 s where the timeout is 2 s",
		YLabel: "time since the request was sent (s)", Panels: panels,
	}}
}

// panel shows, class by class, when the worker was killed or else the request was answered.
func panel(kind string, mine results.Table) chart.Chart {
	killed := chart.Series{Name: "worker killed", Kind: chart.Points}
	answered := chart.Series{Name: "request answered", Kind: chart.Points}
	first := chart.Series{Name: "theory: killed from here …", Kind: chart.Line, Like: killed.Name}
	last := chart.Series{Name: "… to here", Kind: chart.Line, Like: killed.Name}
	var classes []string
	for _, s := range trial.LoneClasses() {
		g := group{s.Class, kind, timeout}
		runs := g.of(mine).Valid()
		if len(runs) == 0 {
			continue
		}
		x := float64(len(classes))
		classes = append(classes, s.Class)
		place(&killed, x, runs.Values("first_exit_seconds"))
		place(&answered, x, answers(runs))
		if g.killed() {
			low, high := g.window()
			place(&first, x, []float64{low.Seconds()})
			place(&last, x, []float64{high.Seconds()})
		}
	}
	return chart.Chart{
		ID: "killed-" + kind, YLabel: "time since the request was sent (s)", Categories: classes,
		Series: []chart.Series{killed, answered, first, last},
	}
}

// place adds a point at x, without an interval: the mean of some runs and each of them.
func place(s *chart.Series, x float64, runs []float64) {
	if len(runs) == 0 {
		return
	}
	mean, raw := judge.Bar(runs, judge.Per(1))
	s.X, s.Y = append(s.X, x), append(s.Y, stat.Interval{Estimate: mean.Estimate})
	if s.Kind == chart.Points {
		s.Raw = append(s.Raw, raw)
	}
}

// answers are when the requests were answered, of the runs in which they were.
func answers(t results.Table) []float64 { return answered(t).Values("fate_seconds") }

func answered(t results.Table) results.Table {
	var kept results.Table
	for i := range t {
		if n, _ := t[i].Value("answered"); n == 1 {
			kept = append(kept, t[i])
		}
	}
	return kept
}
