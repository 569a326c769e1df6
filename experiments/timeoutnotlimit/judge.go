package timeoutnotlimit

import (
	"slices"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// least is how many requests of a class a conclusion needs: one may be an accident.
const least = 2

func verdict(j *judge.Judging) results.Verdict {
	var all tally
	var outcomes []results.Outcome
	var never, always []text.Message
	classes := slices.DeleteFunc(trial.LoneClasses(), func(s spec.Server) bool {
		return j.Lacks(lone(s, "wait"))
	})
	for _, s := range classes {
		c := count(j.Of(lone(s, "wait")))
		all.add(c)
		o := c.outcome()
		switch outcomes = append(outcomes, o); o {
		case results.Supported:
			never = append(never, text.Plain(s.Class))
		case results.Refuted:
			always = append(always, text.Plain(s.Class))
		case results.Depends, results.Inconclusive:
		}
		if c.requests < least {
			j.Known(stat.Interval{}, text.Errorf("%s: fewer than %d valid runs", s.Class, least))
			continue
		}
		j.Also("share", c.share(j), "answered, %s, waits", s.Class)
	}
	for _, s := range classes {
		j.Also("share", count(j.Of(lone(s, "cpu"))).share(j), "answered, %s, computes", s.Class)
	}
	return j.Conclude(results.Strata(outcomes...), "requests of {busy} answered though the timeout is {timeout}", "share", all.share(j),
		"Of %d requests that waited {times} times the timeout %d were answered: always under %s, never under %s.",
		all.requests, all.answered, list(always), list(never))
}

func list(classes []text.Message) text.Message {
	if len(classes) == 0 {
		return text.Of("no class")
	}
	return text.Join(", ", classes...)
}

// A tally counts lone requests.
type tally struct{ requests, answered int }

func count(t results.Table) (sum tally) {
	for _, n := range t.Valid().Values("answered") {
		sum.requests++
		sum.answered += int(n)
	}
	return sum
}

func (c *tally) add(other tally) {
	c.requests += other.requests
	c.answered += other.answered
}

// outcome is that of "never answered" for a class. What a class does with such a request is no matter
// of chance, so one exception to a rule is none.
func (c tally) outcome() results.Outcome {
	switch {
	case c.requests < least:
		return results.Inconclusive
	case c.answered == 0:
		return results.Supported
	case c.answered == c.requests:
		return results.Refuted
	}
	return results.Inconclusive
}

func (c tally) share(j *judge.Judging) stat.Interval {
	return j.Known(stat.Binomial(c.answered, c.requests, j.Confidence))
}

func charts(j *judge.Judging) []chart.Chart {
	waits := chart.Series{Name: "requests that wait {busy}", Kind: chart.Points}
	computes := chart.Series{Name: "requests that compute {busy}", Kind: chart.Points}
	var classes []string
	for x, server := range trial.LoneClasses() {
		classes = append(classes, server.Class)
		for kind, s := range map[string]*chart.Series{"wait": &waits, "cpu": &computes} {
			c := count(j.Of(lone(server, kind)))
			if share, err := stat.Binomial(c.answered, c.requests, judge.Confidence); err == nil && c.requests > 0 {
				s.X, s.Y = append(s.X, float64(x)), append(s.Y, share.Scaled(100))
			}
		}
	}
	return judge.Keep(chart.Chart{
		ID: "answered-beyond-timeout", Title: "Requests of {busy} that are answered where the timeout is {timeout}",
		YLabel: "answered (%)", FromTo: [2]float64{-4, 104}, Categories: classes, Series: []chart.Series{waits, computes},
	})
}
