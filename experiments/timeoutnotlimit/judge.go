package timeoutnotlimit

import (
	"slices"

	"github.com/workerlab/workerlab/experiments"
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

func verdict(t results.Table) results.Verdict {
	mine := judge.Either(t, own("wait"), own("cpu"))
	j := judge.New(id, claim, mine)
	waits := mine.Match(own("wait"))
	var outcomes []results.Outcome
	var never, always []text.Message
	classes := slices.DeleteFunc(trial.LoneClasses(), func(s spec.Server) bool {
		return experiments.Lacks(mine, results.Cell{"class": s.Class})
	})
	for _, s := range classes {
		c := count(waits.Where("class", s.Class))
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
		j.Also("share", count(mine.Match(own("cpu")).Where("class", s.Class)).share(j), "answered, %s, computes", s.Class)
	}
	all := count(waits)
	return j.Conclude(results.Strata(outcomes...), "requests of 6 s answered though the timeout is 2 s", "share", all.share(j),
		"Of %d requests that waited three times the timeout %d were answered: always under %s, never under %s.",
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

func charts(t results.Table) []chart.Chart {
	names := map[string]string{"wait": "requests that wait 6 s", "cpu": "requests that compute 6 s"}
	var classes []string
	for _, s := range trial.LoneClasses() {
		classes = append(classes, s.Class)
	}
	var series []chart.Series
	for _, kind := range kinds {
		s := chart.Series{Name: names[kind], Kind: chart.Points}
		for x, class := range classes {
			c := count(t.Match(own(kind)).Where("class", class))
			share, err := stat.Binomial(c.answered, c.requests, judge.Confidence)
			if err != nil || c.requests == 0 {
				continue
			}
			share.Estimate, share.Low, share.High = 100*share.Estimate, 100*share.Low, 100*share.High
			s.X, s.Y = append(s.X, float64(x)), append(s.Y, share)
		}
		series = append(series, s)
	}
	return judge.Keep(chart.Chart{
		ID: "answered-beyond-timeout", Title: "Requests of 6 s that are answered where the timeout is 2 s",
		YLabel: "answered (%)", FromTo: [2]float64{-4, 104}, Categories: classes, Series: series,
	})
}
