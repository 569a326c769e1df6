package reloadloses

import (
	"math"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const most = 0.001 // of the requests, the whole interval below it

func verdict(j *judge.Judging) results.Verdict {
	var all tally
	var outcomes []results.Outcome
	var losers []text.Message
	for _, s := range servers[:ofClaim] {
		runs := j.Of(j.Trials(of(s.Class))...)
		c := count(runs)
		all.add(c)
		share := j.Known(stat.Binomial(c.lost, c.requests, j.Confidence))
		outcomes = append(outcomes, c.outcome(j, share, s.Class))
		tell(j, s.Class, share, runs)
		if c.lost > 0 {
			losers = append(losers, text.Of("%s %d in %d of %d", s.Class, c.lost, c.costly, c.reloads))
		}
	}
	for _, s := range servers[ofClaim:] {
		runs := j.Of(j.Trials(of(s.Class))...)
		c := count(runs)
		all.unfinished += c.unfinished
		if c.requests > 0 { // told, but the claim does not name the class
			tell(j, s.Class, j.Known(stat.Binomial(c.lost, c.requests, j.Confidence)), runs)
		}
	}
	if all.unfinished > 0 {
		j.Warn("%d reloads had not ended a second after the load, had lost nothing by then and are not counted", all.unfinished)
	}
	lost := j.Known(stat.Binomial(all.lost, all.requests, j.Confidence))
	return j.Conclude(results.Strata(outcomes...), "requests lost", "share", lost,
		"%d reloads under load lost %d of %d requests.%s", all.reloads, all.lost, all.requests, told(losers))
}

// tell adds what a class loses, and the mean time that its old workers take to end. That has no interval:
// it depends on whether the clients keep their connections.
func tell(j *judge.Judging, class string, share stat.Interval, runs results.Table) {
	j.Also("share", share, "requests lost, %s", class)
	took := j.Beside(runs.Valid().Values("replaced_seconds")).Estimate
	j.Also("seconds", stat.Interval{Estimate: took, Low: took, High: took}, "until every old worker had ended, %s", class)
}

// told names the classes that lost requests, and in how many of their reloads.
func told(losers []text.Message) text.Message {
	if len(losers) == 0 {
		return text.Message{}
	}
	return text.Of(" By class, with the reloads that lost any: %s.", text.Join("; ", losers...))
}

// A tally counts reloads and their requests.
type tally struct {
	reloads    int // that had ended a second after the load, or lost requests
	unfinished int // others, of which it cannot be known what they would yet have lost
	requests   int
	lost       int
	costly     int // reloads that lost any
}

func count(t results.Table) (sum tally) {
	valid := t.Valid()
	for i := range valid {
		r := &valid[i]
		lost, known := r.Value("lost")
		n := int(math.Round(lost))
		if _, ended := r.Value("replaced_seconds"); !known || !ended && n == 0 {
			sum.unfinished++
			continue
		}
		sum.reloads++
		sum.requests += int(r.Sent + r.Unsent)
		if sum.lost += n; n > 0 {
			sum.costly++
		}
	}
	return sum
}

func (t *tally) add(other tally) {
	t.reloads += other.reloads
	t.unfinished += other.unfinished
	t.requests += other.requests
	t.lost += other.lost
	t.costly += other.costly
}

// outcome is that of a class. What is lost once may be the host's doing; what is lost again, or in
// numbers, is the reload's.
func (t tally) outcome(j *judge.Judging, share stat.Interval, class string) results.Outcome {
	few := j.All(judge.AtMost(share, most, "%s loses nothing", class))
	return results.All(few, judge.Exceptions(t.costly))
}

// step is the resolution of the figure, in seconds.
const step = 0.1

func charts(j *judge.Judging) []chart.Chart {
	var panels []chart.Chart
	for _, s := range servers[:ofClaim] {
		runs := func(keepAlive bool) results.Table { return j.Of(reloaded(s, keepAlive, trial.Any)) }
		panels = append(panels, judge.Keep(chart.Chart{
			ID: "reload-" + s.Class, Title: s.Class, XLabel: "time since the reload (s)", YLabel: "answers (requests/s)",
			Series: []chart.Series{
				judge.Course("a connection per request", runs(false), step, signal.Seconds()),
				judge.Course("keep-alive", runs(true), step, signal.Seconds()),
			},
		})...)
	}
	if len(panels) == 0 {
		return nil
	}
	return []chart.Chart{{
		ID: "throughput-in-reload", Title: "Answers to {clients} clients while all workers are replaced",
		YLabel: "answers (requests/s)", Panels: panels,
	}}
}
