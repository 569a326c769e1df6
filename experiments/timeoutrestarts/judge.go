package timeoutrestarts

import (
	"slices"

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

func verdict(j *judge.Judging) results.Verdict {
	sum := count(j, claimed())
	inside := j.Known(stat.Binomial(sum.killed+sum.spared, sum.condemned+sum.others, j.Confidence))
	lost := j.Known(stat.Binomial(sum.lost, sum.bystanders, j.Confidence))
	for _, g := range claimed() {
		tell(j, g)
	}
	j.Also("share", lost, "requests of bystanders lost")
	tellShifted(j)
	return j.Conclude(sum.outcome(j, lost), "lone requests that ended as the theory says", "share", inside,
		"Of %d lone requests that silence their worker %d had it killed in its window and were never answered; of %d that do not, %d were answered and cost no worker its life. Of %d requests of bystanders %d failed.%s",
		sum.condemned, sum.killed, sum.others, sum.spared, sum.bystanders, sum.lost, sum.exceptions())
}

// tell adds when the group's workers died, or when its requests were answered. Neither has an interval:
// where a kill falls in its window is the drawn phase of the beats, not noise.
func tell(j *judge.Judging, g group) {
	value, name := "fate_seconds", "answered after (%s)"
	if g.killed() {
		value, name = "first_exit_seconds", "worker killed after (%s)"
	}
	mean := j.Beside(g.of(j).Valid().Values(value)).Estimate
	j.Also("seconds", stat.Interval{Estimate: mean, Low: mean, High: mean}, name, g.name())
}

// tellShifted adds what became of the requests under other timeouts, which the claim does not speak of.
func tellShifted(j *judge.Judging) {
	for _, g := range shifted() {
		tell(j, g)
	}
	sum := count(j, shifted())
	if runs := sum.condemned + sum.others; runs > 0 {
		j.Also("share", j.Known(stat.Binomial(sum.killed+sum.spared, runs, j.Confidence)),
			"with timeouts of {others}: lone requests that ended as the theory says")
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
func count(j *judge.Judging, groups []group) (sum tally) {
	for _, g := range groups {
		runs, held := &sum.others, &sum.spared
		if g.killed() {
			runs, held = &sum.condemned, &sum.killed
		}
		for _, r := range g.of(j).Valid() {
			*runs++
			if g.holds(&r) {
				*held++
			} else {
				sum.outside = append(sum.outside, g)
			}
			completed, _ := r.Value("hog_completed")
			failed, _ := r.Value("hog_failed")
			sum.bystanders += int(completed + failed)
			sum.lost += int(failed)
		}
	}
	return sum
}

// outcome needs every group, no class with exceptions, and bystanders that lose nothing.
func (t tally) outcome(j *judge.Judging, lost stat.Interval) results.Outcome {
	outcomes := []results.Outcome{j.All(judge.AtMost(lost, mostLost, "bystanders lose nothing"))}
	for _, s := range trial.LoneClasses() {
		outcomes = append(outcomes, judge.Exceptions(t.exceptionsOf(s.Class)))
	}
	for _, g := range claimed() {
		if j.Lacks(g.trial(trial.Any)) {
			continue
		}
		if len(g.of(j).Valid()) < least {
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

func charts(j *judge.Judging) []chart.Chart {
	waits, computes := panel("wait", j), panel("cpu", j)
	waits.Title, computes.Title = "a request that waits", "a request that computes"
	panels := judge.Keep(waits, computes)
	if len(panels) == 0 {
		return nil
	}
	return []chart.Chart{{
		ID: "killed-by-timeout", Title: "What becomes of a request of {busy} where the timeout is {timeout}",
		YLabel: "time since the request was sent (s)", Panels: panels,
	}}
}

// panel shows, class by class, when the worker was killed or else the request was answered.
func panel(kind string, j *judge.Judging) chart.Chart {
	killed := chart.Series{Name: "worker killed", Kind: chart.Points}
	answered := chart.Series{Name: "request answered", Kind: chart.Points}
	first := chart.Series{Name: "theory: killed from here …", Kind: chart.Line, Like: killed.Name}
	last := chart.Series{Name: "… to here", Kind: chart.Line, Like: killed.Name}
	var classes []string
	for _, s := range trial.LoneClasses() {
		g := group{s.Class, kind, timeout}
		runs := g.of(j).Valid()
		if len(runs) == 0 {
			continue
		}
		x := float64(len(classes))
		classes = append(classes, s.Class)
		place(&killed, x, runs.Values("first_exit_seconds"))
		place(&answered, x, judge.Figure(answeredAfter).Of(runs))
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

// answeredAfter is when the run's request was answered, if it was.
func answeredAfter(r *results.Record) (float64, bool) {
	n, _ := r.Value("answered")
	at, ok := r.Value("fate_seconds")
	return at, ok && n == 1
}
